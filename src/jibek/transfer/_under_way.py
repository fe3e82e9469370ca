"""A job as it stands at a moment of the shift: what has begun, and what has changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType

from jibek.tables import ChangeError, Problem, near, quoted
from jibek.transfer import tables as t
from jibek.transfer._job import Job
from jibek.transfer._plan import Plan


def under_way(
    job: Job,
    plan: Plan,
    now: datetime,
    *,
    outages: Sequence[t.Outage] = (),
    arrivals: Mapping[str, datetime] | None = None,
) -> Job:
    """Return a job as a plan has left it at a moment, with what has changed.

    Moves that began before stand in `begun`, trains that have come are bound to where they stand.

    Parameters
    ----------
    job
        Checked.
    plan
        A valid plan, worked until now.
    now
        The moment.
    outages
        Cranes that are down, besides those of the job.
    arrivals
        When trains come that are late, by train.

    Raises
    ------
    ChangeError
        With everything that cannot be: a moment before the one the job stands at, a crane or a train that is not there, a
        train that has come.

    Examples
    --------
    >>> from datetime import timedelta
    >>> from jibek.transfer import generate, plan_by_rule
    >>> job = generate("pair", 20, seed=1)
    >>> later = under_way(job, plan_by_rule(job), job.header.start + timedelta(minutes=5))
    >>> 0 < len(later.begun) < 20
    True
    """
    late = dict(arrivals or {})
    problems = list(_problems(job, plan, now, outages, late))
    if problems:
        raise ChangeError(problems)
    now_s = job.seconds(now)
    stays = {stay.train: stay for stay in plan.parking if stay.from_s < now_s}
    trains = {train.id: _known(train, stays.get(train.id), late.get(train.id)) for train in job.trains.values()}
    return replace(
        job,
        header=job.header.model_copy(update={"now": now}),
        trains=MappingProxyType(trains),
        outages=(*job.outages, *outages),
        begun=tuple(t.Begun(**dict(move)) for move in plan.moves if move.begin_s < now_s),
    )


def _known(train: t.Train, stay: t.Parking | None, arrival: datetime | None) -> t.Train:
    """Say of a train where it stands, if it has come, or when it comes."""
    known = {"track": stay.track, "offset_m": stay.offset_m} if stay else {}
    return train.model_copy(update=known | ({"arrival": arrival} if arrival else {}))


def _problems(
    job: Job, plan: Plan, now: datetime, outages: Sequence[t.Outage], late: Mapping[str, datetime]
) -> Iterator[Problem]:
    since = job.header.now or job.header.start
    if now < since:
        yield Problem("--at", None, None, f"{now} is before the moment the job stands at, {since}")
    for one in outages:
        if one.crane not in job.cranes:
            message = f"{quoted(one.crane)} is not in cranes.csv{near(one.crane, job.cranes)}"
            yield Problem("--down", None, None, message)
        if one.begin and one.end and one.end <= one.begin:
            yield Problem(
                "--down", None, None, f"{one.crane} would be down until {one.end}, which is not after {one.begin}"
            )
    come = {stay.train: stay.from_s for stay in plan.parking if stay.from_s < job.seconds(now)}
    for train, arrival in late.items():
        if train not in job.trains:
            yield Problem("--late", None, None, f"{quoted(train)} is not in trains.csv{near(train, job.trains)}")
        elif train in come:
            yield Problem(
                "--late", None, None, f"{train} has come {come[train]:.0f} s after the start; it cannot be late"
            )
        elif arrival < now:
            yield Problem("--late", None, None, f"{train} would come at {arrival}, which is before {now}")
