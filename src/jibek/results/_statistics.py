"""The figures of a run over its replications."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from jibek.results._folder import RunError
from jibek.results._quantities import Quantities

if TYPE_CHECKING:
    import polars as pl

Floats = NDArray[np.float64]


class Statistics(Quantities):
    """Figures by dotted name, each a mean with its 95 % interval over the replications.

    Made by `Run.statistics`. Several names joined by ` + ` are added up in each replication before the mean
    is taken. No figure can be below 0, and no interval reaches there.

    Examples
    --------
    >>> import numpy as np, polars as pl
    >>> table = pl.DataFrame({"replication": [0, 1], "quantity": ["events", "events"], "value": [10.0, 14.0]})
    >>> statistics = Statistics(lambda name: table)
    >>> statistics["events"].mean
    12.0
    """

    def __init__(
        self, table: Callable[[str], pl.DataFrame], quantities: Callable[[], tuple[list[str], Floats]] | None = None
    ) -> None:
        self._table = table
        self._quantities = quantities or self._read

    @cached_property
    def _held(self) -> tuple[dict[str, int], Floats]:
        """Return the column of each quantity, and the values, one row a replication."""
        names, values = self._quantities()
        return {name: column for column, name in enumerate(names)}, values

    def _read(self) -> tuple[list[str], Floats]:
        table = self._table("quantities")
        count = table["replication"].n_unique()
        names = table["quantity"].head(table.height // count)
        values = table["value"].to_numpy().astype(np.float64)
        return list(names), values.reshape(count, -1)

    def budget(self, flow: str | None = None) -> pl.DataFrame:
        """Return where the days of a delivered container go.

        Parameters
        ----------
        flow
            Of one flow; by default of all.

        Returns
        -------
        polars.DataFrame
            `flow`, `location` (terminal, place or link), `stage`, `mean` days, `low`, `high`; those of a
            flow add up to its mean transit time.
        """
        import polars as pl

        frame = self._table("budget")
        if flow is not None:
            frame = frame.filter(pl.col("flow").cast(pl.String) == flow)
        return self._over_replications(frame, ["flow", "location", "stage"], "days")

    def months(self) -> pl.DataFrame:
        """Return volumes and transit times: `flow`, `month`, `figure`, `mean`, `low`, `high`."""
        keys = ["flow", "month", "figure"]
        frame = self._table("months").unpivot(
            index=["replication", "flow", "month"], variable_name="figure", value_name="value"
        )
        groups = frame.drop_nulls().group_by(keys, maintain_order=True)
        return _aggregate(groups, "value", None).sort(keys)

    def daily(self, quantity: str, id: str) -> pl.DataFrame:
        """Return a quantity by day: `day` (0: the first that counts), `mean`, `least`, `most` of the replications.

        Parameters
        ----------
        quantity
            `positions`, `queue` (by zone), `yard`, `lifts` (by terminal), `equipment`, `posts` (by check).
        id
            Zone, terminal, pool of equipment or check.
        """
        import polars as pl

        frame = self._table("daily").filter((pl.col("quantity").cast(pl.String) == quantity) & (pl.col("id") == id))
        if frame.is_empty():
            raise RunError(f"there is no {quantity!r} of {id!r} by day")
        value = pl.col("value")
        return frame.group_by("day").agg(mean=value.mean(), least=value.min(), most=value.max()).sort("day")

    def _over_replications(self, frame: pl.DataFrame, keys: list[str], value: str) -> pl.DataFrame:
        return _aggregate(frame.group_by(keys, maintain_order=True), value, self.replications)


def _aggregate(groups: Any, value: str, count: int | None) -> pl.DataFrame:
    """Return mean and interval of a column by group; rows that are missing count as 0 if `count` is given."""
    import polars as pl

    from jibek.results._interval import student

    frame: pl.DataFrame = groups.agg(n=pl.len(), total=pl.col(value).sum(), squares=(pl.col(value) ** 2).sum())
    n = frame["n"].to_numpy() if count is None else np.full(frame.height, count)
    mean = frame["total"].to_numpy() / n
    variance = np.maximum(frame["squares"].to_numpy() - n * mean**2, 0) / np.maximum(n - 1, 1)
    factor = np.array([student(int(k) - 1) for k in range(int(n.max(initial=0)) + 1)])[n]
    half = pl.Series(factor * np.sqrt(variance / n)).fill_nan(None)
    middle = pl.Series(mean)
    low = (middle - half).clip(0)
    return frame.drop("n", "total", "squares").with_columns(mean=middle, low=low, high=middle + half)
