"""Small corridor packages for tests, written as folders."""

from __future__ import annotations

from pathlib import Path

import jibek


def write_package(folder: Path, *, days: int = 100, warmup_days: int = 0, **tables: str) -> jibek.Corridor:
    """Write tables given as CSV text (cells may be padded) and read the package."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "corridor.toml").write_text(
        f'id = "small"\ntitle = "Small"\nschema_version = 1\nstart = 2025-01-01\ndays = {days}\nwarmup_days = {warmup_days}\n'
    )
    for name, text in tables.items():
        lines = [",".join(cell.strip() for cell in line.split(",")) for line in text.strip().splitlines()]
        (folder / f"{name}.csv").write_text("\n".join(lines) + "\n")
    return jibek.read(folder)


PLACES = """id, lat, lon
a, 0, 0
b, 0, 1
c, 0, 2
d, 0, 3"""
