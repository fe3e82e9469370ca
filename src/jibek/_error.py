"""What all errors are that are the user's to mend; without imports, so that the command line is there at once."""


class JibekError(Exception):
    """The base of all errors that are the user's to mend; their text says what is wrong, where, and what to do."""

    exit_code = 2
