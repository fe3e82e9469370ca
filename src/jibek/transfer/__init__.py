"""The gauge transfer: which box goes on which wagon, by which crane, in what order, by when."""

from jibek.tables import write_package
from jibek.transfer._bound import Bound, bound
from jibek.transfer._check_job import check_job
from jibek.transfer._check_plan import check_plan
from jibek.transfer._describe import reference_markdown
from jibek.transfer._generate import FAMILIES, Mix, generate
from jibek.transfer._job import Job, read_job
from jibek.transfer._plan import Plan, read_plan
from jibek.transfer._replan import Kept, Replanned, replan
from jibek.transfer._robustness import Robustness, robustness
from jibek.transfer._rule import plan_by_rule
from jibek.transfer._search import Found, search
from jibek.transfer._search_for import search_for
from jibek.transfer._times import Times, Worked, worked
from jibek.transfer._under_way import under_way
from jibek.transfer._verdict import PlanError, Value, Verdict, Violation

__all__ = [
    "FAMILIES",
    "Bound",
    "Found",
    "Job",
    "Kept",
    "Mix",
    "Plan",
    "PlanError",
    "Replanned",
    "Robustness",
    "Times",
    "Value",
    "Verdict",
    "Violation",
    "Worked",
    "bound",
    "check_job",
    "check_plan",
    "generate",
    "plan_by_rule",
    "read_job",
    "read_plan",
    "reference_markdown",
    "replan",
    "robustness",
    "search",
    "search_for",
    "under_way",
    "worked",
    "write_package",
]
