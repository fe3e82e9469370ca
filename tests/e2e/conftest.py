"""The browser of all tests of pages."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from browser import browser


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    expect.set_options(timeout=30_000)
    with browser() as found:
        yield found
    expect.set_options(timeout=5_000)
