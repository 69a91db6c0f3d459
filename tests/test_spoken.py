"""Every way in which a delivery can fail has its words in both languages: what it means, and what to do."""

from __future__ import annotations

import pytest
from django.utils import translation

from sharing.delivery.models import Endpoint
from sharing.delivery.remedies import ANY_REFUSAL, ANY_STATUS, REDIRECT, REMEDIES, STATUSES, remedy
from sharing.delivery.slot import UNREADABLE
from sharing.departments.portal.spoken import standing
from sharing.transport import FAILURES, PROXY
from sharing.transport.failures import CUT, FAILURE_OF, SAID, VERIFY

NAMED = sorted((set(FAILURES) - {""}) | {UNREADABLE})
ANSWERED = ["301", "302", "307", "308", *map(str, sorted(STATUSES)), "402", "418", "500", "501", "599"]


def said(failure, language):
    with translation.override(language):
        return str(remedy(failure))


def test_what_the_transport_can_report_is_named():
    produced = {*FAILURE_OF.values(), *(told for _, told in SAID), *VERIFY.values(), CUT, PROXY}
    assert produced <= set(FAILURES)
    assert set(REMEDIES) == set(NAMED)


@pytest.mark.parametrize("failure", [*NAMED, *ANSWERED])
def test_each_is_said_in_both_languages(failure):
    english, chinese = said(failure, "en"), said(failure, "zh-hans")
    assert len(english) > 30
    assert english != chinese
    assert any("\u4e00" <= character <= "\u9fff" for character in chinese)


def test_no_two_failures_of_the_connection_are_said_alike():
    assert len({said(failure, "en") for failure in NAMED}) == len(NAMED)


@pytest.mark.parametrize(
    ("status", "words"), [("302", REDIRECT), ("418", ANY_REFUSAL), ("599", ANY_STATUS), ("401", STATUSES[401])]
)
def test_a_status_without_words_of_its_own_is_said_by_its_class(status, words):
    assert remedy(status) == words


def test_what_is_no_failure_has_no_remedy():
    assert remedy("") == ""


def test_where_the_court_is_to_blame_the_department_is_told_so():
    with translation.override("en"):
        word, colour = standing(Endpoint(failures=3, last_failure=PROXY, stage="production"), waiting=1)
        assert ("court" in str(word), colour) == (True, "orange")
    assert "nothing to do" in said(PROXY, "en")
