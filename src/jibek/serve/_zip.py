"""Packages as zips. What comes in is looked at before anything is unpacked, and measured again while it is."""

from __future__ import annotations

import io
import re
import stat
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

from jibek._error import JibekError
from jibek.tables import PackageError, Problem, quoted

MOST_PACKED = 20_000_000
MOST_UNPACKED = 200_000_000
MOST_ENTRIES = 1_000
MOST_RATIO = 100
"""How many times its packed size an entry of some size may be; tables of numbers come to 5 to 20."""
SMALL = 1_000_000
"""Size of an entry below which the ratio does not count: short tables of like rows come to more."""

_ENTRY = b"PK\x01\x02"
"""What each entry in the directory of a zip begins with."""
_FILE = re.compile(r"[a-z][a-z0-9_]{0,99}\.(csv|toml)")
_BESIDE = re.compile(r"(__MACOSX/.*|([^./]+/)?(\.[a-z_].*|README.*|LICEN[CS]E.*|datapackage\.json))", re.IGNORECASE)
"""What people, and their zip tools, put beside tables; it is left out."""
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_EPOCH = (1980, 1, 1, 0, 0, 0)
_CHUNK = 1 << 16


class ZipError(JibekError):
    """What was sent is not a zip, or a broken one."""


class TooLargeError(JibekError):
    """What was sent is larger than what is taken."""


def packed(texts: Mapping[str, str], folder: str) -> bytes:
    """Pack files into a zip; the same files give the same bytes.

    Parameters
    ----------
    texts
        Texts by name of the file.
    folder
        Folder they are to be in.
    """
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for name, text in texts.items():
            info = zipfile.ZipInfo(f"{folder}/{name}", _EPOCH)
            info.create_system, info.external_attr, info.compress_type = 3, 0o644 << 16, zipfile.ZIP_DEFLATED
            archive.writestr(info, text.encode())
    return out.getvalue()


def unpack(data: bytes, folder: Path) -> None:
    """Unpack the tables of a package.

    Parameters
    ----------
    data
        The zip.
    folder
        Where to; an empty folder of the caller's, who removes it.

    Raises
    ------
    ZipError
        If it is no zip, or a broken one.
    TooLargeError
        If it is larger than is taken, packed or unpacked, or has more entries.
    PackageError
        If it holds anything but tables, with every entry that is not one.
    """
    if len(data) > MOST_PACKED:
        raise TooLargeError(f"the zip has {len(data):,} bytes; at most {MOST_PACKED:,} are taken")
    if data.count(_ENTRY) > MOST_ENTRIES:
        raise TooLargeError(f"the zip has more than {MOST_ENTRIES:,} entries")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = _tables(archive.infolist())
            left = MOST_UNPACKED
            for name, info in entries.items():
                left -= _write(archive, info, folder / name, left)
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        NotImplementedError,
        RuntimeError,
        ValueError,
        OverflowError,
    ) as error:
        raise ZipError(f"this is not a zip that can be unpacked: {error or 'it ends too early'}") from None


def _tables(infos: list[zipfile.ZipInfo]) -> dict[str, zipfile.ZipInfo]:
    """Return the entries by the name of their file, if all are tables and of a size that is taken."""
    tops = {info.orig_filename.partition("/")[0] for info in infos if not _is_beside(info)}
    top = f"{tops.pop()}/" if len(tops) == 1 else ""
    wanted = [info for info in infos if not _is_beside(info) and info.orig_filename != (top or None)]
    names = Counter(_file(info, top).lower() for info in wanted)
    problems = [
        Problem(quoted(info.orig_filename), None, None, fault)
        for info in wanted
        for fault in _faults(info, _file(info, top), names)
    ]
    if problems:
        raise PackageError(problems)
    _refuse_bombs(wanted)
    return {_file(info, top): info for info in wanted}


def _is_beside(info: zipfile.ZipInfo) -> bool:
    """Whether an entry is left out; what looks like a way out of the folder is not, so that it is told."""
    return ".." not in info.orig_filename and _BESIDE.fullmatch(info.orig_filename) is not None


def _file(info: zipfile.ZipInfo, top: str) -> str:
    return info.orig_filename.removeprefix(top)


def _faults(info: zipfile.ZipInfo, name: str, names: Counter[str]) -> Iterator[str]:
    """Say why an entry cannot be a table."""
    mode = info.external_attr >> 16
    if not _FILE.fullmatch(name):
        yield "is not a table; a zip holds NAME.csv and corridor.toml or job.toml, in one folder at the most"
    elif names[name.lower()] > 1:
        yield "stands in the zip twice"
    if stat.S_IFMT(mode) not in (0, stat.S_IFREG):
        yield "is not a file, but a link, a folder or a device"
    if info.flag_bits & 0x41:
        yield "is encrypted"
    elif info.compress_type not in _METHODS:
        yield "is packed in a way that is not read; use the usual one, deflate"


def _refuse_bombs(infos: list[zipfile.ZipInfo]) -> None:
    if sum(info.file_size for info in infos) > MOST_UNPACKED:
        raise TooLargeError(f"unpacked, the zip has more than {MOST_UNPACKED:,} bytes")
    for info in infos:
        if info.file_size > max(SMALL, MOST_RATIO * info.compress_size):
            message = f"unpacked, {quoted(info.orig_filename)} is more than {MOST_RATIO} times as large as packed"
            raise TooLargeError(f"{message}: no table is")


def _write(archive: zipfile.ZipFile, info: zipfile.ZipInfo, path: Path, left: int) -> int:
    """Unpack an entry, and return its size; what it says of its size is not relied on."""
    size = 0
    with archive.open(info) as source, path.open("xb") as target:
        while chunk := source.read(_CHUNK):
            size += len(chunk)
            if size > left:
                raise TooLargeError(f"unpacked, the zip has more than {MOST_UNPACKED:,} bytes")
            target.write(chunk)
    return size
