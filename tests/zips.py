"""Zips that are wrong in one way each, and what must be said of them. Each is the starter package with one thing spoilt."""

from __future__ import annotations

import io
import stat
import struct
import warnings
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from jibek._error import JibekError
from jibek.corridor import PackageError, read
from jibek.serve._zip import TooLargeError, ZipError
from jibek.tables import texts

STARTER = texts(read("starter"))
"""The files of the starter package."""

Entries = list[tuple[zipfile.ZipInfo, bytes]]


def entry(
    name: str, text: str = "id\n", *, mode: int = 0o100644, method: int = zipfile.ZIP_DEFLATED
) -> tuple[zipfile.ZipInfo, bytes]:
    """Return an entry of a zip; nothing in its name is mended."""
    info = zipfile.ZipInfo("x")
    info.filename = info.orig_filename = name
    info.external_attr, info.compress_type = mode << 16, method
    return info, text.encode()


def zipped(*more: tuple[zipfile.ZipInfo, bytes], files: Mapping[str, str] = STARTER, folder: str = "") -> bytes:
    """Return a zip of files in a folder, and of further entries."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a name that stands twice
        for info, data in [*(entry(f"{folder}{name}", text) for name, text in files.items()), *more]:
            archive.writestr(info, data)
    return out.getvalue()


def patched(data: bytes, offset: int, form: str, value: int, *, local: int | None = None) -> bytes:
    """Change a number in what the directory says of the last entry; `local`: also in the entry's own head."""
    changed = bytearray(data)
    struct.pack_into(form, changed, data.rindex(b"PK\x01\x02") + offset, value)
    if local is not None:
        struct.pack_into(form, changed, data.rindex(b"PK\x03\x04") + local, value)
    return bytes(changed)


@dataclass(frozen=True)
class SpoiltZip:
    """A zip that must be refused: its bytes, the error, and a part of its text."""

    name: str
    make: Callable[[], bytes]
    error: type[JibekError]
    said: str


def spoilt_zips() -> Iterator[SpoiltZip]:
    """Yield zips of all kinds that must be refused."""
    yield from _broken()
    yield from _names()
    yield from _kinds()
    yield from _large()


def _broken() -> Iterator[SpoiltZip]:
    yield SpoiltZip("nothing", lambda: b"", ZipError, "not a zip that can be unpacked")
    yield SpoiltZip("no zip", lambda: b"id,lat,lon\n" * 100, ZipError, "not a zip that can be unpacked")
    yield SpoiltZip("cut off", lambda: zipped()[:-40], ZipError, "not a zip that can be unpacked")
    yield SpoiltZip("a hole", lambda: zipped()[:100] + zipped()[140:], ZipError, "not a zip that can be unpacked")
    yield SpoiltZip("wrong checksum", lambda: patched(zipped(), 16, "<I", 12345), ZipError, "Bad CRC-32")
    yield SpoiltZip("less than it says", lambda: patched(zipped(), 24, "<I", 10), ZipError, "Bad CRC-32")
    yield SpoiltZip(
        "another name inside", lambda: zipped().replace(b"places.csv", b"placez.csv", 1), ZipError, "differ"
    )


def _names() -> Iterator[SpoiltZip]:
    names = (
        "../links.csv", "a/../../links.csv", "..", "./links.csv", "/links.csv", "/etc/cron.d/links.csv", "C:/links.csv",
        "C:\\links.csv", "..\\links.csv", "\\\\host\\share\\links.csv", "links.csv/", "a/b/links.csv", "links.csv\0.txt",
        "README/../../links.csv", "../README.md", "con.exe", "run.sh", "links.CSV", "lin\nks.csv", "~/links.csv", "", "läinks.csv",
        "a" * 300 + ".csv",
    )  # fmt: skip
    for name in names:
        yield SpoiltZip(f"name {name!r}", lambda name=name: zipped(entry(name)), PackageError, "is not a table")  # type: ignore[misc]
    yield SpoiltZip("twice", lambda: zipped(entry("links.csv")), PackageError, "links.csv': stands in the zip twice")
    yield SpoiltZip("no header", lambda: zipped(files={"links.csv": "id\n"}), PackageError, "there is no corridor.toml")
    yield SpoiltZip("two headers", lambda: zipped(entry("job.toml")), PackageError, "are both there")
    yield SpoiltZip(
        "unknown table", lambda: zipped(entry("lines.csv")), PackageError, "lines.csv: no table has this name"
    )
    yield SpoiltZip("no files", lambda: zipped(files={}), PackageError, "there is no corridor.toml")


def _kinds() -> Iterator[SpoiltZip]:
    for what, mode in {
        "link": stat.S_IFLNK,
        "device": stat.S_IFCHR,
        "pipe": stat.S_IFIFO,
        "folder": stat.S_IFDIR,
    }.items():
        made = entry("arrivals.csv", "/etc/passwd", mode=mode | 0o644)
        yield SpoiltZip(what, lambda made=made: zipped(made), PackageError, "is not a file, but a link")  # type: ignore[misc]
    yield SpoiltZip("encrypted", lambda: patched(zipped(), 8, "<H", 1, local=6), PackageError, "is encrypted")
    bzip = entry("arrivals.csv", method=zipfile.ZIP_BZIP2)
    yield SpoiltZip("another method", lambda: zipped(bzip), PackageError, "is packed in a way that is not read")


def _large() -> Iterator[SpoiltZip]:
    many = [entry(f"t{number}.csv", "") for number in range(1001)]
    yield SpoiltZip("very many entries", lambda: zipped(*many), TooLargeError, "more than 1,000 entries")
    yield SpoiltZip("very long", lambda: bytes(20_000_001), TooLargeError, "at most 20,000,000 are taken")
    bomb = entry("arrivals.csv", "0" * 3_000_000)
    yield SpoiltZip("a bomb", lambda: zipped(bomb), TooLargeError, "'arrivals.csv' is more than 100 times as large")
    yield SpoiltZip(
        "says it is large", lambda: patched(zipped(), 24, "<I", 2**31), TooLargeError, "more than 200,000,000"
    )
    long = {"corridor.toml": "#" * 100_001}
    yield SpoiltZip("a long header", lambda: zipped(files=long), PackageError, "has more than 100,000 bytes")
    deep = {"corridor.toml": "id = 'deep'\na" + ".a" * 20_000 + " = 1"}
    yield SpoiltZip(
        "a deep header", lambda: zipped(files=deep), PackageError, "toml:2: the line has more than 200 points"
    )
    lies = patched(zipped(entry("arrivals.csv", "0" * 10_000)), 24, "<I", 9_000)
    yield SpoiltZip("says it is smaller", lambda: lies, ZipError, "Bad CRC-32")
