"""The description of the tables of jobs and plans as a page."""

from __future__ import annotations

from jibek.tables import page
from jibek.transfer.tables import JOB, PLAN

_JOB = """\
# Tables of the gauge transfer

A job is a folder: `job.toml` and one CSV file a table; so is a plan, with `plan.toml`. A table that nobody needs may be
missing, and so may columns that are not required. A blank cell means the default. Files are UTF-8 with commas between the
cells; lines that begin with `#` are comments. Moments of a job are local; times of a plan are seconds from the job's `start`.

`jibek transfer check JOB PLAN` lists all that is wrong with either. What the tables mean together is told in
[transfer.md](transfer.md).

This page is made from the description of the tables by `jibek transfer schema > docs/transfer-tables.md`.

# The job
"""

_PLAN = """\
# The plan
"""


def reference_markdown() -> str:
    """Describe the tables of jobs and plans as a page in Markdown, the contents of `docs/transfer-tables.md`.

    Examples
    --------
    >>> reference_markdown().splitlines()[0]
    '# Tables of the gauge transfer'
    """
    return page(JOB, _JOB) + "\n" + page(PLAN, _PLAN)
