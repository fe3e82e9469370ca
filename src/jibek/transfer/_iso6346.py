"""Container numbers and size-type codes of ISO 6346."""

from __future__ import annotations

import re
from dataclasses import dataclass

_VALUES = {
    letter: number
    for letter, number in zip("ABCDEFGHIJKLMNOPQRSTUVWXYZ", (n for n in range(10, 39) if n % 11), strict=True)
}
"""Values of the letters: the multiples of 11 are left out."""

_LENGTHS_FT = {"2": 20, "4": 40, "L": 45}
_LENGTHS_M = {20: 6.058, 40: 12.192, 45: 13.716}
_HEIGHTS_MM = {
    "0": 2438, "2": 2591, "4": 2743, "5": 2896, "6": 2896, "8": 1295, "9": 1219,
    "C": 2591, "D": 2743, "E": 2896, "F": 2896, "L": 2591, "M": 2743, "N": 2896, "P": 2896,
}  # fmt: skip
_GROUPS = {
    "G": "general", "V": "ventilated", "B": "dry bulk", "S": "named cargo", "R": "refrigerated", "H": "refrigerated, unit removable",
    "U": "open top", "P": "platform", "T": "tank", "A": "air mode",
}  # fmt: skip


@dataclass(frozen=True)
class SizeType:
    """What a size-type code says of a container.

    Parameters
    ----------
    length_ft
        Nominal length: 20, 40 or 45.
    height_mm
        Height; of codes for "more than" or "at most", the bound.
    group
        Type group: general, refrigerated, tank and so on.
    """

    length_ft: int
    height_mm: int
    group: str

    @property
    def length_m(self) -> float:
        """External length."""
        return length_m(self.length_ft)

    @property
    def refrigerated(self) -> bool:
        """Whether it may need power."""
        return self.group.startswith("refrigerated")


def length_m(length_ft: int) -> float:
    """Return the external length of a container of 20, 40 or 45 ft (ISO 668).

    Examples
    --------
    >>> length_m(40)
    12.192
    """
    return _LENGTHS_M[length_ft]


def size_type(code: str) -> SizeType:
    """Decode a size-type code.

    Raises
    ------
    ValueError
        If a character of it is not one of the standard, or its length not one that is handled; it says which.

    Examples
    --------
    >>> size_type("45R1")
    SizeType(length_ft=40, height_mm=2896, group='refrigerated')
    """
    if not re.fullmatch(r"[A-Z0-9]{4}", code):
        raise ValueError("is not a size-type code like 22G1: four capital letters or digits")
    length, height, group = tuple(code[:3])
    if length not in _LENGTHS_FT:
        raise ValueError(f"begins with {length}; lengths handled are 2 (20 ft), 4 (40 ft) and L (45 ft)")
    if height not in _HEIGHTS_MM:
        raise ValueError(f"has the unknown height {height}")
    if group not in _GROUPS:
        raise ValueError(f"has the unknown type group {group}; known are {', '.join(_GROUPS)}")
    return SizeType(_LENGTHS_FT[length], _HEIGHTS_MM[height], _GROUPS[group])


def check_digit(prefix: str) -> int:
    """Return the check digit of the first ten characters of a container number.

    Examples
    --------
    >>> check_digit("CSQU305438")
    3
    """
    values = (_VALUES[one] if one in _VALUES else int(one) for one in prefix)
    return sum(value << place for place, value in enumerate(values)) % 11 % 10


def fault(number: str) -> str:
    """Say what is wrong with a container number; empty if nothing is.

    Examples
    --------
    >>> fault("CSQU3054383"), fault("CSQU3054384")
    ('', 'has the check digit 4, and it must be 3')
    """
    if not re.fullmatch(r"[A-Z]{3}[UJZ][0-9]{7}", number):
        return "is not a container number like CSQU3054383: three letters, U, J or Z, seven digits"
    wanted = check_digit(number[:10])
    return "" if int(number[10]) == wanted else f"has the check digit {number[10]}, and it must be {wanted}"
