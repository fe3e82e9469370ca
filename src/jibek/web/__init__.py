"""A run as a page: the document it shows, and the report that holds both."""

from jibek.web._report import PageError, report

__all__ = ["PageError", "report"]
