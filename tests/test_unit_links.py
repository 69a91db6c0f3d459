"""Who is linked with a unit, who represents it and who came after it, is for the court alone: no door of sharing shows it."""

from __future__ import annotations

import json

import pytest
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from registry import actions
from registry.errors import RaiserDoesNotFit, ReceivedAsNeeded, UnknownDocumentType
from registry.models import NoticeService, State
from sharing.departments import downloading, telling
from sharing.departments.downloading import Form
from sharing.persons.identity.proving import Identity
from sharing.persons.models import Authority, Raiser
from sharing.persons.objections import raising
from sharing.persons.record import paper
from tests import asking, becoming, cast, noticing, objecting
from tests.becoming import HEIR, NAME, NEW_NAME, REPRESENTATIVE, SUCCESSOR
from tests.test_hand_mode import signed_in, taken_in
from tests.visiting import main_of, visitor

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_court_has_decided")]
GAO = "高䶮"
TODAY = cast.NOW.date()
# What no door says of the unit's side, and what none says of Gao's.
OF_THE_COURT = (REPRESENTATIVE, becoming.REPRESENTATIVE_NUMBER, SUCCESSOR, becoming.SUCCESSOR_CODE)
OF_THE_UNIT = (NAME, NEW_NAME, cast.UNIT_NUMBER)
OF_GAO = (GAO, cast.DEFENDANT_NUMBER)


@pytest.fixture
def listings(finance):
    """The unit and Gao on one decision: renamed, divided, represented; and everybody told."""
    unit, gao = becoming.unit(), becoming.manager()
    number = {"document_type": "resident_id", "document_number": becoming.REPRESENTATIVE_NUMBER}
    becoming.represented(unit, **number)
    becoming.became(becoming.renamed(unit), "divided", HEIR)
    telling.walk(now=cast.NOW)
    return cast.fresh(unit), cast.fresh(gao)


def silent_of(text, words):
    assert [word for word in words if word in text] == []


def test_departments_are_told_of_each_and_of_no_link(finance, listings):
    unit, gao = listings
    headers = asking.bearer(finance.organisation, ("events", "receipts"))
    pulled = Browser().get("/api/v1/events?after=0", headers=headers).json()["events"]
    events = [each["data"]["event"] for each in pulled]
    for listing, others in ((unit, OF_GAO), (gao, OF_THE_UNIT)):
        mine = [each for each in events if each["listing"]["number"] == listing.number]
        assert mine
        silent_of(json.dumps(mine, ensure_ascii=False), (*OF_THE_COURT, *others, "unit_role", "person_in_charge"))
    snapshot = b"".join(Browser().get("/api/v1/listings", headers=headers).streaming_content).decode()
    assert NEW_NAME in snapshot
    silent_of(snapshot, (*OF_THE_COURT, "person_in_charge"))


def test_the_portal_shows_former_names_and_registration_and_no_link(finance, listings):
    member = taken_in(finance)
    file = b"".join(downloading.whole(member, Form.CSV, now=timezone.now()).blocks).decode()
    assert f"{NAME}," in file
    assert "2026-10-20" in file
    silent_of(file, (*OF_THE_COURT, "直接负责", "directly in charge"))
    asked = {"document_type": "uscc", "document_number": cast.UNIT_NUMBER, "name": NAME}
    page = signed_in(member).post(reverse("department:look_up"), asked).content.decode()
    assert NEW_NAME in page
    silent_of(page, (*OF_THE_COURT, *OF_GAO))


def test_employers_cannot_ask_about_a_unit_and_an_answer_about_gao_names_none(listings):
    with pytest.raises(UnknownDocumentType):
        asking.answered(asking.question(document_type="uscc", document_number=cast.UNIT_NUMBER, name=NEW_NAME))
    answer = asking.answered()
    assert answer.outcome == "listed"
    text = json.dumps(asking.told(answer), ensure_ascii=False)
    silent_of(text, (*OF_THE_COURT, *OF_THE_UNIT, "person_in_charge"))


def test_the_units_own_record_names_nobody_else_and_gaos_names_no_unit(listings):
    unit, gao = listings
    now = timezone.now()
    theirs = Identity(name=NEW_NAME, document_type="uscc", document_number=cast.UNIT_NUMBER)
    his = Identity(name=GAO, document_type="resident_id", document_number=cast.DEFENDANT_NUMBER)
    text = noticing.text(paper.record(theirs, now=now))
    assert NEW_NAME in text
    assert NAME in text
    silent_of(text, (*OF_THE_COURT, *OF_GAO))
    silent_of(noticing.text(paper.record(his, now=now)), (*OF_THE_COURT, *OF_THE_UNIT))
    page = main_of(visitor().get(f"/record/listings/{gao.number}/"))
    silent_of(page, (*OF_THE_COURT, *OF_THE_UNIT))
    assert unit.number not in page


# The notice, and its service


def test_the_notice_to_a_unit_is_addressed_to_who_represents_it_now(settings):
    settings.REGISTRY_NOTICE_WAIVER = ""
    listing = noticing.approved(noticing.unit(), number=cast.UNIT_NUMBER)
    assert "送达时填写" in noticing.text(noticing.made(listing).pdf)
    becoming.represented(listing, "李前任")
    becoming.represented(listing, since=becoming.DAY.replace(day=21))
    for language in ("zh-hans", "en"):
        text = noticing.text(noticing.made(listing, language=language).pdf)
        assert REPRESENTATIVE in text
        assert "李前任" not in text
        assert "送达时填写" not in text
        assert "filledinonservice" not in text


def serve(*listings, how="in_court", received_as=""):
    actions.record_service(
        [each.pk for each in listings], served_on=TODAY, how=how, reference="送达回证 118", received_as=received_as,
        officer=cast.clerk(), now=cast.NOW,
    )  # fmt: skip


@pytest.mark.parametrize("received_as", ["representative", "in_charge", "post", "agent"])
def test_who_received_it_for_a_unit_is_kept_as_a_capacity(settings, received_as):
    settings.REGISTRY_NOTICE_WAIVER = ""
    listing = noticing.approved(noticing.unit(), number=cast.UNIT_NUMBER)
    serve(listing, received_as=received_as)
    assert NoticeService.standing(listing.number).received_as == received_as
    assert cast.fresh(listing).state == State.ACTIVE


@pytest.mark.parametrize(
    ("how", "received_as"), [("in_court", ""), ("by_post", "the doorman"), ("public_notice", "post")]
)
def test_without_the_capacity_nothing_is_recorded(settings, how, received_as):
    settings.REGISTRY_NOTICE_WAIVER = ""
    listing = noticing.approved(noticing.unit(), number=cast.UNIT_NUMBER)
    with pytest.raises(ReceivedAsNeeded) as refused:
        serve(listing, how=how, received_as=received_as)
    assert refused.value.field == "received_as"
    assert not NoticeService.objects.exists()


def test_a_public_notice_is_received_by_nobody(settings):
    settings.REGISTRY_NOTICE_WAIVER = ""
    listing = noticing.approved(noticing.unit(), number=cast.UNIT_NUMBER)
    serve(listing, how="public_notice")
    assert NoticeService.standing(listing.number).received_as == ""


def test_of_a_natural_person_served_with_the_unit_no_capacity_is_kept(settings):
    settings.REGISTRY_NOTICE_WAIVER = ""
    gao = noticing.approved()
    unit = noticing.approved(noticing.unit(), number=cast.UNIT_NUMBER)
    serve(gao, unit, received_as="post")
    assert [NoticeService.standing(each.number).received_as for each in (gao, unit)] == ["", "post"]


# Objections of a unit


def brought(listing, raised_by, authority):
    said = objecting.said(listing)
    seen = objecting.brought(raised_by=raised_by, authority=authority)
    return raising.by_officer(said, seen, officer=cast.registrar(), now=cast.NOW)


@pytest.mark.parametrize(
    ("raised_by", "authority"),
    [(Raiser.REPRESENTATIVE, Authority.OFFICE), (Raiser.AGENT, Authority.POWER), (Raiser.AGENT, Authority.LAWYER)],
)
def test_a_unit_objects_by_its_representative_or_an_agent(raised_by, authority):
    assert brought(becoming.unit(), raised_by, authority).raised_by == raised_by


@pytest.mark.parametrize(
    ("raised_by", "authority"), [(Raiser.PERSON, Authority.DOCUMENT), (Raiser.RELATIVE, Authority.KINSHIP)]
)
def test_a_unit_has_no_relatives_and_is_no_person(raised_by, authority):
    with pytest.raises(RaiserDoesNotFit) as refused:
        brought(becoming.unit(), raised_by, authority)
    assert refused.value.field == "raised_by"


def test_nobody_represents_a_natural_person_as_if_it_were_a_unit():
    with pytest.raises(RaiserDoesNotFit):
        brought(cast.in_force(), Raiser.REPRESENTATIVE, Authority.OFFICE)
