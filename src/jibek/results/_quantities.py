"""Figures by dotted name, one value a replication."""

from __future__ import annotations

import re
from abc import abstractmethod
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from jibek.results._folder import RunError
from jibek.results._interval import Interval, means
from jibek.tables import near

if TYPE_CHECKING:
    import polars as pl

Floats = NDArray[np.float64]

GROUPS = (
    "flows",
    "itineraries",
    "terminals",
    "zones",
    "equipment",
    "checks",
    "services",
    "links",
    "fleets",
    "closures",
    "borders",
    "cpmm",
)
"""Groups of figures: `<group>.<id>.<figure>`; beside them stand `total.<figure>` and `events`."""


class Quantities(Mapping[str, Interval]):
    """Figures by dotted name, each a mean with its 95 % interval over the replications.

    Several names joined by ` + ` are added up in each replication before the mean is taken. No figure can be
    below 0, and no interval reaches there.
    """

    @property
    @abstractmethod
    def _held(self) -> tuple[dict[str, int], Floats]:
        """Return the column of each quantity, and the values, one row a replication."""

    @cached_property
    def _means(self) -> tuple[Floats, Floats]:
        return means(self._held[1])

    @property
    def replications(self) -> int:
        """Number of replications."""
        return int(self._held[1].shape[0])

    def values_of(self, quantity: str) -> Floats:
        """Return a figure in each replication; NaN where there is none.

        Parameters
        ----------
        quantity
            Dotted name, or several joined by ` + `.

        Raises
        ------
        KeyError
            If there is no such figure; the message names those nearest to it.
        """
        columns, values = self._held
        found = np.zeros(values.shape[0])
        for name in quantity.split("+"):
            found = found + values[:, columns[self._known(name.strip())]]
        return found

    def _known(self, name: str) -> str:
        name = re.sub(r"^terminals\.[^.]+\.(?=zones\.)", "", name)
        if name not in self._held[0]:
            raise KeyError(f"there is no figure {name!r}{self._near(name)}")
        return name

    def _near(self, name: str) -> str:
        """Suggest names: those it begins, of the same group and id, else of the same figure, else of all."""
        head, _, tail = name.rpartition(".")
        known = self._held[0]
        parts = [one for one in known if one.startswith(f"{name}.")]
        if parts:
            return f"; there are {', '.join(parts[:6])}"
        alike = [one for one in known if one.startswith(f"{head}.")] if head else []
        alike = alike or [one for one in known if one.split(".")[2:] == name.split(".")[2:]]
        alike = alike or [one for one in known if tail and one.endswith(f".{tail}")]
        found = near(name, alike or list(known))
        return found or (f"; there are {', '.join(alike[:6])}" if alike else "")

    def __getitem__(self, quantity: str) -> Interval:
        if quantity in self._held[0]:
            column = self._held[0][quantity]
            return Interval.from_half(self._means[0][column], self._means[1][column]).not_negative()
        return Interval.of(self.values_of(quantity)).not_negative()

    def __iter__(self) -> Iterator[str]:
        return iter(self._held[0])

    def __len__(self) -> int:
        return len(self._held[0])

    def busiest(self, each: int) -> list[str]:
        """Return the names of the highest utilisations: of positions, equipment, checks, fleets and paths of links.

        Parameters
        ----------
        each
            How many at most of each group.
        """
        found = []
        for group in ("links", "zones", "equipment", "checks", "fleets"):
            used = [name for name in self if name.startswith(f"{group}.") and ".utilisation" in name]
            used = [name for name in used if self[name].mean]
            found += sorted(used, key=lambda name: -(self[name].mean or 0.0))[:each]
        return found

    @property
    def groups(self) -> dict[str, list[str]]:
        """Figures of each group, `{"flows": ["offered_teu", ...]}`."""
        return groups_of(self)

    def table(self, group: str) -> pl.DataFrame:
        """Return the figures of a group: one row an id and figure, with mean, low and high.

        Parameters
        ----------
        group
            One of `GROUPS`, or `total`.
        """
        import polars as pl

        rows = []
        for name in self:
            first, _, rest = name.partition(".")
            if first == group:
                id_, _, figure = rest.partition(".") if group in GROUPS else ("", "", rest)
                one = self[name]
                rows.append((id_, figure, one.mean, one.low, one.high))
        if not rows:
            raise RunError(f"there is no group {group!r}{near(group, (*GROUPS, 'total'))}")
        schema = {
            "id": pl.String,
            "figure": pl.String,
            "mean": pl.Float64,
            "low": pl.Float64,
            "high": pl.Float64,
        }
        return pl.DataFrame(rows, schema=schema, orient="row")

    def tree(self, group: str = "") -> tuple[dict[str, Any], dict[str, Any] | None]:
        """Return the means as nested dictionaries, and the intervals likewise: `[low, high]` or None; of a group or of all.

        Zones stand below their terminals' ids only in `Run.document`; here all groups stand at the top.
        """
        mean: dict[str, Any] = {}
        spread: dict[str, Any] = {}
        for name in self:
            if group and not name.startswith(f"{group}."):
                continue
            one = self[name]
            _put(mean, name, one.mean)
            _put(spread, name, None if one.low is None else [one.low, one.high])
        return mean, spread if self.replications > 1 else None


def groups_of(quantities: Iterable[str]) -> dict[str, list[str]]:
    """Return the figures of each group of quantities."""
    found: dict[str, dict[str, None]] = {}
    for name in quantities:
        group, _, rest = name.partition(".")
        if group in GROUPS:
            found.setdefault(group, {})[rest.partition(".")[2]] = None
    return {group: list(fields) for group, fields in found.items()}


def _put(tree: dict[str, Any], name: str, value: Any) -> None:
    *path, leaf = name.split(".")
    for part in path:
        tree = tree.setdefault(part, {})
    tree[leaf] = value
