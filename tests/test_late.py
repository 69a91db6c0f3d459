"""A late module is the module itself, loaded at its first use; one that is not there is missed at once."""

from __future__ import annotations

import sys

import pytest

from registry.late import late


def test_it_is_loaded_when_it_is_used(tmp_path, monkeypatch):
    (tmp_path / "seldom_used.py").write_text("ANSWER = 7\n")
    monkeypatch.syspath_prepend(tmp_path)
    module = late("seldom_used")
    assert "seldom_used" not in sys.modules
    assert module.ANSWER == 7
    assert sys.modules.pop("seldom_used").ANSWER == 7


def test_one_that_is_not_installed_is_missed_when_the_process_begins():
    with pytest.raises(ModuleNotFoundError, match="never_installed"):
        late("never_installed")
