"""The second model of the corridor, written in SimPy from the contract; it stands with the tests."""

from __future__ import annotations

second = None
