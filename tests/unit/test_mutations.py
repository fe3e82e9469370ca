"""The list of faults fits the sources it is to be put into (what the tests make of them: `python -m tests.mutation`)."""

from __future__ import annotations

from pathlib import Path

import pytest

import jibek
from mutation.mutations import MUTATIONS

SOURCES = Path(jibek.__file__).parent / "simulate"


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: mutation.name)
def test_what_is_replaced_stands_once_in_its_file(mutation):
    source = (SOURCES / mutation.file).read_text()
    assert source.count(mutation.before) == 1
    compile(source.replace(mutation.before, mutation.after), mutation.file, "exec")


def test_names_are_given_once():
    assert len({mutation.name for mutation in MUTATIONS}) == len(MUTATIONS)
