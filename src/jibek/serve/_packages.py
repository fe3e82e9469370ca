"""The packages of the service: those that come with Jibek, the one that is served, and those that were uploaded or edited.

A package never changes. It is known by its name or by the hash of its content, so the same tables are the same package however often they
are sent; editing makes another one. It appears in the data folder by a rename, complete or not at all.
"""

from __future__ import annotations

import re
import tempfile
import tomllib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

from jibek._error import JibekError
from jibek.corridor import Corridor, bundled
from jibek.corridor._checking import check_known as check_corridor
from jibek.serve._cases import Cases
from jibek.serve._edits import Edited, changed
from jibek.serve._formulas import formulas
from jibek.serve._package_models import MOST_LINES, Edit, Origin, Package
from jibek.serve._zip import packed, unpack
from jibek.tables import Known, PackageError, Problem, folder_of, read_package, texts, write_package
from jibek.transfer import Job
from jibek.transfer._check_job import check_known as check_job

MOST_PACKAGES = 1_000
"""Packages that are kept; each takes as much room as its tables."""
MOST_HEADER_BYTES = 100_000
MOST_POINTS = 200
"""Points in a line of a header: a key of so many parts takes time and memory by the square of their number."""
MOST_PROBLEMS = 1_000
ORIGIN = "origin.json"
"""Beside the tables of a package that was made of another: what it was made of."""
NONE = Origin()

Held = Corridor | Job
Kind = TypeVar("Kind", Corridor, Job)
_CHECKS: dict[type[Any], Callable[[Any, Known], Iterable[Problem]]] = {Corridor: check_corridor, Job: check_job}
_CONTENT = re.compile(r"[0-9a-f]{16}")


class UnknownError(JibekError):
    """There is nothing of that name."""


class FullError(JibekError):
    """As much is kept as may be."""


class Store:
    """The packages and the named cases of a data folder.

    It can be sent to another process.

    Parameters
    ----------
    folder
        The data folder; it is made if it is not there.
    served
        A package besides those that come with Jibek: its folder, or the name of one of them. It is read once, and stays as it was.

    Raises
    ------
    PackageError
        If the package served cannot be read; with every problem of every file.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     [package.id for package in Store(Path(folder)).packages()]
    ['starter', 'trans-caspian']
    """

    def __init__(self, folder: Path, served: str | None = None) -> None:
        self.__setstate__((folder, {}))
        if served is not None and (served not in self._bundled or Path(served).exists()):
            source = folder_of(served, self._bundled)
            held = _read(source)
            name = re.sub(r"[^A-Za-z0-9._-]+", "-", source.resolve().name)[:100].strip("._-")
            self._served[name or held.header.id] = (served, held)

    def __getstate__(self) -> tuple[Path, dict[str, tuple[str, Held]]]:
        """Return what another process needs to have the same packages: the one served as it was read."""
        return self._data, self._served

    def __setstate__(self, state: tuple[Path, dict[str, tuple[str, Held]]]) -> None:
        self._data, self._served = state
        self._kept, self._drafts = self._data / "packages", self._data / "drafts"
        for one in (self._kept, self._drafts):
            one.mkdir(parents=True, exist_ok=True)
        self.cases = Cases(self._data)
        self._bundled = bundled()
        self._read = lru_cache(maxsize=4)(_read)

    def packages(self) -> list[Package]:
        """List all packages: the one served, those that come with Jibek, then the others that can be read, the newest first."""
        named = [self.package(name) for name in dict.fromkeys((*self._served, *self._bundled))]
        kept = []
        for path in self._kept.glob("*"):
            with suppress(PackageError, UnknownError):
                kept += [self.package(path.name)] if _CONTENT.fullmatch(path.name) else []
        return named + sorted(kept, key=lambda one: str(one.created), reverse=True)

    def package(self, id: str) -> Package:
        """Say what a package is; only its header is read.

        Raises
        ------
        UnknownError
            If there is none.
        PackageError
            If it cannot be read.
        """
        if id in self._served:
            return _described(id, self._served[id][1].header)
        folder = self._folder(id)
        kind = _kind(folder)
        try:
            text = (folder / kind.schema.header_file).read_text("utf-8-sig")
            header = kind.schema.header.model_validate(tomllib.loads(text))
            origin = Origin.model_validate_json((folder / ORIGIN).read_bytes()) if (folder / ORIGIN).exists() else NONE
        except (OSError, ValueError):
            raise PackageError([Problem(str(folder), None, None, "is spoilt; mend it or remove it")]) from None
        if id in self._bundled:
            return _described(id, header, bundled=True)
        return _described(id, header, origin, created=datetime.fromtimestamp(folder.stat().st_mtime, UTC))

    def held(self, id: str) -> Held:
        """Return a package.

        Raises
        ------
        UnknownError
            If there is none.
        """
        return self._served[id][1] if id in self._served else self._read(self._folder(id))

    def corridor(self, id: str) -> Corridor:
        """Return a corridor.

        Raises
        ------
        UnknownError
            If there is none of that name.
        PackageError
            If it is a transfer job.
        """
        return self._of(id, Corridor, "is a transfer job; a corridor is needed")

    def job(self, id: str) -> Job:
        """Return a transfer job.

        Raises
        ------
        UnknownError
            If there is none of that name.
        PackageError
            If it is a corridor.
        """
        return self._of(id, Job, "is a corridor; a transfer job is needed")

    def _of(self, id: str, kind: type[Kind], otherwise: str) -> Kind:
        """Return a package of a kind; `otherwise` says what is wrong with one of another."""
        held = self.held(id)
        if not isinstance(held, kind):
            raise PackageError([Problem(id, None, None, otherwise)])
        return held

    def content(self, id: str) -> str:
        """Return the hash of what is in a package.

        Raises
        ------
        UnknownError
            If there is none.
        """
        return self.held(id).hash

    def path(self, id: str) -> str:
        """Return what the command line calls a package: a name, or a folder of this machine.

        Raises
        ------
        UnknownError
            If there is none.
        """
        if id in self._served:
            return self._served[id][0]
        return id if id in self._bundled else str(self._folder(id))

    def upload(self, data: bytes) -> Package:
        """Keep a package that comes as a zip.

        Raises
        ------
        ZipError
            If it is no zip, too large, or not safe to unpack.
        PackageError
            With every problem of every file.
        FullError
            If no more packages are kept.
        """
        with self._draft() as folder:
            unpack(data, folder)
            return self._keep(self._checked(folder))

    def edit(self, id: str, edit: Edit) -> Package:
        """Keep a package of which some tables, and fields of the header, are others; where nothing is, it is the same package.

        Raises
        ------
        UnknownError
            If there is none of that name.
        PackageError
            With every problem of every table; lines are rows of the table, the first of which has number 2.
        FullError
            If no more packages are kept.
        """
        made = self._edited(id, edit)
        if made.hash == self.content(id):
            return self.package(id)
        return self._keep(made, Origin(parent=id, changed=changed(self.held(id), made)))

    def check(self, id: str, edit: Edit) -> list[Problem]:
        """List what is wrong with an edit; as `edit` would, but nothing is kept.

        Raises
        ------
        UnknownError
            If there is none of that name.
        """
        try:
            self._edited(id, edit)
        except PackageError as error:
            return list(error.problems)
        return []

    def zip(self, id: str) -> tuple[str, bytes]:
        """Return a package as a zip, and the name of the file.

        Raises
        ------
        UnknownError
            If there is none of that name.
        PackageError
            If a spreadsheet would execute one of its cells.
        """
        held = self.held(id)
        faults = list(formulas(held))
        if faults:
            raise PackageError(_few(faults))
        name = id if id in self._served or id in self._bundled else f"{held.header.id}-{id}"
        return f"{name}.zip", packed(texts(held), name)

    def _folder(self, id: str) -> Path:
        if id in self._bundled:
            return self._bundled[id]
        folder = self._kept / id
        if not _CONTENT.fullmatch(id) or not folder.is_dir():
            raise UnknownError(f"there is no package {id[:100]!r}")
        return folder

    @contextmanager
    def _draft(self) -> Iterator[Path]:
        """Give a folder that is gone in the end."""
        with tempfile.TemporaryDirectory(dir=self._drafts, ignore_cleanup_errors=True) as folder:
            yield Path(folder)

    def _edited(self, id: str, edit: Edit) -> Held:
        made = Edited(self.held(id), edit)
        with self._draft() as folder:
            for name, text in made.texts.items():
                (folder / name).write_text(text, "utf-8", newline="")
            try:
                return self._checked(folder)
            except PackageError as error:
                raise PackageError(made.placed(error.problems)) from None

    def _checked(self, folder: Path) -> Held:
        """Read a package that was sent; it may take much memory."""
        lines = sum(file.read_bytes().count(end) for file in folder.glob("*.csv") for end in (b"\n", b"\r"))
        if lines > MOST_LINES:
            message = f"its tables have {lines:,} lines; at most {MOST_LINES:,} are taken"
            raise PackageError([Problem("package", None, None, message)])
        _check_header(_kind(folder), folder)
        try:
            return _read(folder, safe=True)
        except PackageError as error:
            raise PackageError(_few(error.problems)) from None

    def _keep(self, held: Held, origin: Origin | None = None) -> Package:
        id = held.hash[:16]
        place = self._kept / id
        if not place.is_dir():
            if sum(1 for _ in self._kept.iterdir()) >= MOST_PACKAGES:
                raise FullError(f"{MOST_PACKAGES:,} packages are kept already; remove folders from {self._kept}")
            with self._draft() as folder:
                write_package(held, folder / id)
                if origin is not None:
                    (folder / id / ORIGIN).write_text(origin.model_dump_json(), "utf-8")
                try:
                    (folder / id).rename(place)
                except OSError:
                    if not place.is_dir():  # nobody else was quicker
                        raise
        return self.package(id)


def _check_header(kind: type[Held], folder: Path) -> None:
    """Refuse a header that would take long to read."""
    text = (folder / kind.schema.header_file).read_bytes()
    if len(text) > MOST_HEADER_BYTES:
        raise PackageError([Problem(kind.schema.header_file, None, None, f"has more than {MOST_HEADER_BYTES:,} bytes")])
    for number, line in enumerate(text.splitlines(), 1):
        if line.count(b".") > MOST_POINTS:
            raise PackageError(
                [Problem(kind.schema.header_file, number, None, f"the line has more than {MOST_POINTS} points")]
            )


def _read(folder: Path, *, safe: bool = False) -> Held:
    """Read a package; a safe one has no cells that a spreadsheet would execute."""
    kind = _kind(folder)

    def check(package: Held, known: Known) -> Iterator[Problem]:
        yield from _CHECKS[kind](package, known)
        if safe:
            yield from formulas(package)

    return read_package(kind, folder, check)


def _kind(folder: Path) -> type[Corridor] | type[Job]:
    """Say what kind of package a folder holds, by the name of its header."""
    there = [kind for kind in (Corridor, Job) if (folder / kind.schema.header_file).exists()]
    if len(there) != 1:
        said = "corridor.toml and job.toml are both there" if there else "there is no corridor.toml, nor a job.toml"
        raise PackageError([Problem("package", None, None, f"{said}; a package has one of them, beside its tables")])
    return there[0]


def _described(
    id: str, header: Any, origin: Origin = NONE, *, bundled: bool = False, created: datetime | None = None
) -> Package:
    days = getattr(header, "days", None)
    return Package(
        id=id, kind="transfer" if days is None else "corridor", title=header.title or header.id,
        description=header.description, bundled=bundled, days=days, created=created,
        parent=origin.parent, changed=origin.changed,
    )  # fmt: skip


def _few(problems: Iterable[Problem]) -> list[Problem]:
    """Return as many problems as can be read."""
    found = list(problems)
    more = len(found) - MOST_PROBLEMS
    return [*found[:MOST_PROBLEMS], *([Problem("package", None, None, f"{more:,} more problems")] if more > 0 else [])]
