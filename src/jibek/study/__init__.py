"""Studies: many points of a corridor simulated, and their answers compared.

A study makes `Point`s and has them simulated with `evaluate(points, workers)`, which returns an `Answers` for each: a mapping
from the names of figures to intervals, with the value of each replication behind it (`values_of`), paired differences (`difference`)
and units (`unit`). The workers come from `at_home()`:

    with at_home() as workers:
        base, crane = evaluate([Point(corridor), Point(corridor, changes=("equipment.crane.count+=1",))], workers)
        crane.difference(base, "total.delivered_teu")

`outcomes` yields points as they come, and failures with them, `Answers.with_more` adds replications to a point that needs more.
"""

from jibek.study._answers import Answers, unit
from jibek.study._bottlenecks import FIGURES, Bottlenecks, Effect, bottlenecks, moved, raised
from jibek.study._bound import AsGiven, Bound, Limit, Month, bound
from jibek.study._capacity import Capacity, Service, capacity
from jibek.study._compare import Comparison, compare, points_of_cases
from jibek.study._designs import Placed, points_of
from jibek.study._evaluate import PointError, Progress, evaluate, outcomes, refuse_unknown
from jibek.study._file import StudyError, StudyFile, read_study
from jibek.study._invest import Investment, Option, Step, affordable, invest
from jibek.study._point import Point
from jibek.study._sweep import Sweep, sweep
from jibek.study._sweep_figure import sweep_figure
from jibek.study._uncertainty import Spread, Uncertainty, uncertainty
from jibek.study._workers import Workers, at_home, on_cluster

__all__ = [
    "FIGURES",
    "Answers",
    "AsGiven",
    "Bottlenecks",
    "Bound",
    "Capacity",
    "Comparison",
    "Effect",
    "Investment",
    "Limit",
    "Month",
    "Option",
    "Placed",
    "Point",
    "PointError",
    "Progress",
    "Service",
    "Spread",
    "Step",
    "StudyError",
    "StudyFile",
    "Sweep",
    "Uncertainty",
    "Workers",
    "affordable",
    "at_home",
    "bottlenecks",
    "bound",
    "capacity",
    "compare",
    "evaluate",
    "invest",
    "moved",
    "on_cluster",
    "outcomes",
    "points_of",
    "points_of_cases",
    "raised",
    "read_study",
    "refuse_unknown",
    "sweep",
    "sweep_figure",
    "uncertainty",
    "unit",
]
