"""A plugin of pytest for the runs that mutmut forks: each has a test database of its own, draws the same examples, and
is not failed for being slow, which a machine is and a mutant need not be.
"""

from __future__ import annotations

import os

import hypothesis
import pytest
from django.conf import settings


@pytest.hookimpl(trylast=True)
def pytest_configure() -> None:
    settings.DATABASES["default"].setdefault("TEST", {})["NAME"] = f"mutants_{os.getpid()}"
    hypothesis.settings.register_profile("mutants", deadline=None, derandomize=True, database=None)
    hypothesis.settings.load_profile("mutants")
