"""Who signs and stands still for too long loses his turn without hearing of it: what he does late changes nothing."""

from __future__ import annotations

import threading

import pytest
from django.db import connection

from registry.checkpoints import growing, guard, signing
from registry.models import Checkpoint, LogHead
from tests import logs
from tests.sessions import end

pytestmark = pytest.mark.django_db(transaction=True)


class StandsStill:
    """A signer in a thread of its own who has read the log and signed nothing yet."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.has_read, self.may_go_on = threading.Event(), threading.Event()
        self.session, self.error = 0, ""
        self._thread = threading.Thread(target=self._sign)
        grown = growing.grown

        def slowly(*asked, **named):
            found = grown(*asked, **named)
            if threading.current_thread() is self._thread:
                self.has_read.set()
                self.may_go_on.wait(30)
            return found

        monkeypatch.setattr(growing, "grown", slowly)

    def begin(self) -> None:
        self._thread.start()
        assert self.has_read.wait(30)

    def go_on(self) -> None:
        self.may_go_on.set()
        self._thread.join(30)
        assert not self._thread.is_alive()

    def _sign(self) -> None:
        try:
            connection.ensure_connection()
            self.session = connection.connection.info.backend_pid
            signing.sign(now=logs.NOW)
        except Exception as error:
            self.error = type(error).__name__
        finally:
            connection.close()


def overtaken(monkeypatch: pytest.MonkeyPatch) -> StandsStill:
    """He read a log of three, his session was ended, and another one signed seven; then he went on."""
    logs.append(3)
    late = StandsStill(monkeypatch)
    late.begin()
    end(late.session)
    logs.append(4)
    logs.sign_all()
    late.go_on()
    return late


def test_what_was_signed_meanwhile_stands_and_the_log_goes_on(monkeypatch):
    assert overtaken(monkeypatch).error == "Overtaken"
    assert guard.read()[1].size == 7
    logs.append(1)
    logs.sign_all()
    assert not LogHead.objects.get().halted
    assert list(Checkpoint.objects.order_by("size").values_list("size", flat=True)) == [7, 8]


def test_what_he_wrote_last_of_all_is_found_in_the_log_and_put_right(monkeypatch):
    """Within the moment between looking and writing another one signed."""
    monkeypatch.setattr(guard, "_refuse_older", lambda note: None)
    overtaken(monkeypatch)
    assert guard.read()[1].size == 3
    signing.sign(now=logs.NOW)
    assert guard.read()[1].size == 7
    assert not LogHead.objects.get().halted
