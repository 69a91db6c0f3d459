"""Each bad input is refused with its own code and words in both languages; what was typed stays; nothing is saved."""

from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils import timezone, translation

from registry import errors
from registry.models import Case, DataInvolved, Decision, Listing, Person
from tests import cast, desk

pytestmark = pytest.mark.django_db

WRONG_CHECK = cast.DEFENDANT_NUMBER[:-1] + ("1" if cast.DEFENDANT_NUMBER[-1] != "1" else "2")


@pytest.fixture(autouse=True)
def today(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: cast.NOW)


PARTIES = [
    pytest.param(desk.party(WRONG_CHECK), errors.CheckDigit, WRONG_CHECK, id="wrong check digit"),
    pytest.param(desk.party("123"), errors.DocumentShape, "123", id="not a number of this type"),
    pytest.param(
        desk.party(cast.resident("11010519880230123")), errors.ImpossibleBirthDate, "19880230", id="no such birthday"
    ),
    pytest.param(desk.party(received_on="2026-02-30"), errors.ImpossibleDate, "2026-02-30", id="impossible date"),
    pytest.param(desk.party(received_on="yesterday"), errors.ImpossibleDate, "yesterday", id="not a date"),
    pytest.param(desk.party(received_on="2026-08-31"), errors.DatesOutOfOrder, "2026-08-31", id="receipt too early"),
    pytest.param(
        desk.party(offence_dates="1987-01-01"), errors.OffenceBeforeBirth, "1987-01-01", id="birthday after offence"
    ),
    pytest.param(desk.party(offence_dates=""), errors.FieldMissing, "高䶮", id="no offence date"),
    pytest.param(desk.party(article="CL 999"), errors.UnknownArticle, "CL 999", id="unknown article"),
    pytest.param(desk.party(penalty_kind="banishment"), errors.UnknownCode, "banishment", id="unknown penalty"),
    pytest.param(
        desk.party(penalty_kind="fine_only"), errors.SentenceNotPossible, 'value="24"', id="a fine with a sentence"
    ),
    pytest.param(
        desk.party(penalty_kind="control", probation_months="25"),
        errors.ProbationNotPossible,
        'value="25"',
        id="public surveillance with probation",
    ),
    pytest.param(
        desk.party(penalty_kind="fine_only", sentence_months="", fine_yuan="0"),
        errors.FineMissing,
        'value="0"',
        id="a fine alone of nothing",
    ),
    pytest.param(
        desk.party(penalty_kind="exempt", sentence_months="", fine_yuan="20,000"),
        errors.Exempt,
        'value="20,000"',
        id="exempt, and fined",
    ),
    pytest.param(desk.party(name=" "), errors.FieldMissing, cast.DEFENDANT_NUMBER, id="no name"),
    pytest.param(desk.party(fine_yuan="a lot"), errors.AmountImpossible, "a lot", id="not an amount"),
    pytest.param(desk.party(**{"documents-0-number": ""}), errors.FieldMissing, "高䶮", id="no document"),
    pytest.param(desk.party(**{"prohibitions-0-months": ""}), errors.FieldMissing, "不得从事", id="no length"),
    pytest.param(
        desk.party(**{"prohibitions-0-months": "48", "prohibitions-0-for_life": "on"}),
        errors.LengthTwice,
        'value="48"',
        id="months and for life",
    ),
]

DECISIONS = [
    pytest.param(
        desk.decision(number="（2026）京0108刑初123号"),
        errors.CaseNumberOfAnotherCourt,
        "（2026）京0108刑初123号",
        id="case number of another court",
    ),
    pytest.param(desk.decision(number="12345"), errors.CaseNumberShape, "12345", id="not a case number"),
    pytest.param(desk.decision(number="（2014）朝刑初字第344号"), errors.CourtNeeded, "344号", id="court needed"),
    pytest.param(desk.decision(pronounced_on="2026-13-01"), errors.ImpossibleDate, "2026-13-01", id="impossible date"),
    pytest.param(desk.decision(pronounced_on="2027-01-01"), errors.ImpossibleDate, "2027-01-01", id="in the future"),
    pytest.param(
        desk.decision(effect_certified_on="2026-08-01"),
        errors.DatesOutOfOrder,
        "2026-08-01",
        id="effect before judgment",
    ),
    pytest.param(desk.decision(pronounced_on=""), errors.FieldMissing, "刑初123号", id="no day of pronouncement"),
    pytest.param(desk.decision(filed_on=""), errors.CaseNotFiled, "刑初123号", id="case not filed"),
    pytest.param(
        desk.decision(kind="penalty", authority="SHOP", filed_on=""),
        errors.UnknownCode,
        "SHOP",
        id="unknown authority",
    ),
    pytest.param(desk.decision(facts=["dna"]), errors.UnknownCode, "dna", id="unknown fact"),
]


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize(("typed", "refusal", "kept"), PARTIES)
def test_a_bad_party_is_refused_in_words(typed, refusal, kept, language):
    decision = cast.entered_decision()
    client = desk.at_the_desk(cast.clerk(), language)
    answer = client.post(reverse("admin:add_party", args=[decision.pk]), typed)
    _refused(answer, refusal, kept, language)
    assert not Listing.objects.exists()
    assert not Person.objects.exists()


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize(("typed", "refusal", "kept"), DECISIONS)
def test_a_bad_decision_is_refused_in_words(typed, refusal, kept, language):
    client = desk.at_the_desk(cast.clerk(), language)
    answer = client.post(reverse("admin:new_decision"), typed)
    _refused(answer, refusal, kept, language)
    assert not Decision.objects.exists()
    assert not Case.objects.exists()
    assert not DataInvolved.objects.exists()


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_same_number_under_another_name_is_an_alarm(language):
    listing = cast.draft()
    client = desk.at_the_desk(cast.clerk(), language)
    where = reverse("admin:add_party", args=[listing.party.decision_id])
    _refused(client.post(where, desk.party(name="高某")), errors.SameNumberOtherName, "高某", language)
    assert Listing.objects.count() == 1


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_a_listing_entered_before_is_named(language, monkeypatch):
    listing = cast.draft()
    monkeypatch.setattr(timezone, "now", lambda: cast.NOW.replace(hour=5))
    client = desk.at_the_desk(cast.clerk(), language)
    answer = client.post(reverse("admin:add_party", args=[listing.party.decision_id]), desk.party())
    _refused(answer, errors.DuplicateListing, listing.number, language)
    answer = client.post(reverse("admin:new_decision"), desk.decision())
    _refused(answer, errors.DuplicateDecision, "（2026）京0105刑初123号", language)
    assert (Listing.objects.count(), Decision.objects.count()) == (1, 1)


def test_several_faults_are_named_at_once_each_beside_its_field():
    decision = cast.entered_decision()
    typed = desk.party(WRONG_CHECK, article="CL 999", **{"documents-1-number": "12", "prohibitions-1-months": "36"})
    page = desk.at_the_desk(cast.clerk()).post(reverse("admin:add_party", args=[decision.pk]), typed)
    problems = {(problem.target, problem.text[:5]) for problem in page.context["sheet"].problems}
    assert problems == {
        ("id_documents-0-number", "R-102"),
        ("id_documents-1-number", "R-101"),
        ("id_article", "R-207"),
        ("id_prohibitions-1-scope", "R-213"),
    }
    html = page.content.decode()
    assert html.index("There is a problem") < html.index("<form method")
    assert 'href="#id_documents-1-number"' in html
    assert 'aria-describedby="id_article_error"' in html
    assert "<title>Error:" in " ".join(html.split()).replace("<title> ", "<title>")


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_a_juvenile_leaves_no_trace_and_the_others_go_on(language):
    decision = cast.entered_decision()
    client = desk.at_the_desk(cast.clerk(), language)
    typed = desk.party(cast.JUVENILE_NUMBER, "钱某", article="CL 999")
    answer = client.post(reverse("admin:add_party", args=[decision.pk]), typed, follow=True)
    assert answer.redirect_chain == [(reverse("admin:decision", args=[decision.pk]), 302)]
    page = answer.content.decode()
    assert ("Not recorded here" if language == "en" else "此处不予登记") in page
    assert "钱某" not in page
    assert cast.JUVENILE_NUMBER not in page
    assert not Person.objects.exists()
    assert not Listing.objects.exists()
    empty = client.get(reverse("admin:add_party", args=[decision.pk])).content.decode()
    assert "钱某" not in empty


def test_a_public_security_penalty_is_refused():
    typed = desk.decision(kind="penalty", authority="PSB-BJ", number="京公朝行罚决字〔2026〕1号", filed_on="")
    answer = desk.at_the_desk(cast.clerk()).post(reverse("admin:new_decision"), typed)
    assert "R-208" in answer.content.decode()


def _refused(answer, refusal, kept, language):
    assert answer.status_code == 200
    problems = [problem.text for problem in answer.context["sheet"].problems]
    assert [text[:5] for text in problems] == [refusal.code]
    with translation.override(language):
        words = str(refusal.message).split("%(")[0].strip("“").split("“")[0][:12]
    assert words in problems[0]
    assert kept in answer.content.decode()
