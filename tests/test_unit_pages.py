"""The desk's page of what became of a unit: reached from a unit's listing alone, on record with everybody whom it shows."""

from __future__ import annotations

import html

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from registry import actions
from registry.models import ActRecord, Proposal, Role, UnitChange, WithdrawalCause
from tests import becoming, cast, desk, noticing
from tests.becoming import DAY, GROUND, HEIR, NAME, NEW_NAME, REPRESENTATIVE, SUCCESSOR, SUCCESSOR_CODE

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("notice_waived")]
GAO = "高䶮"


@pytest.fixture(autouse=True)
def today(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: cast.NOW)


def at(name, listing, *args):
    return reverse(f"admin:{name}", args=[listing.number, *args])


def words(answer):
    return html.unescape(answer.content.decode())


def change(**changes):
    """The sheet of what became of it, as the browser sends it."""
    typed = {
        "kind": "",
        "since": DAY.isoformat(),
        "new_name": "",
        "reason": "as the registration document says",
        "ground": GROUND,
        "version": "1",
        "successors-TOTAL_FORMS": "2",
        "successors-INITIAL_FORMS": "0",
    }
    return {**typed, **changes}


MERGED = {"kind": "merged", "successors-0-name": SUCCESSOR, "successors-0-code": SUCCESSOR_CODE}


def test_a_clerk_proposes_a_new_name_and_a_judge_carries_it_out():
    listing = becoming.unit()
    clerk = desk.at_the_desk(cast.clerk())
    assert at("unit", listing) in words(clerk.get(at("listing", listing)))
    assert at("unit_change", listing) in words(clerk.get(at("unit", listing)))
    sent = desk.checked(clerk, at("unit_change", listing), change(kind="renamed", new_name=NEW_NAME))
    assert sent.headers["Location"] == at("unit", listing)
    assert at("unit_change", listing) not in words(clerk.get(at("unit", listing))), "one waits already"
    proposal = Proposal.objects.get()
    judge = desk.at_the_desk(cast.judge())
    page = words(judge.get(reverse("admin:proposal", args=[proposal.pk])))
    assert NAME in page
    assert f"{NEW_NAME} · since 20 October 2026" in page
    judge.post(reverse("admin:proposal", args=[proposal.pk]), {"do": "carry_out"})
    page = words(judge.get(at("unit", listing)))
    for said in (NEW_NAME, NAME, "Renamed", GROUND, "since 20 October 2026"):
        assert said in page, said


def test_a_merger_is_told_as_one_and_the_pages_say_that_nobody_is_listed_for_it():
    listing = becoming.unit()
    clerk = desk.at_the_desk(cast.clerk())
    assert "Nobody is listed by succession" in words(clerk.get(at("unit_change", listing)))
    desk.checked(clerk, at("unit_change", listing), change(**MERGED))
    proposal = Proposal.objects.get()
    judge = desk.at_the_desk(cast.judge())
    page = words(judge.get(reverse("admin:proposal", args=[proposal.pk])))
    assert "Merged into another unit, and ended by it · since 20 October 2026" in page
    assert f"{SUCCESSOR} · {SUCCESSOR_CODE}" in page
    assert "Nobody is listed by succession" in page
    judge.post(reverse("admin:proposal", args=[proposal.pk]), {"do": "carry_out"})
    page = words(clerk.get(at("unit", listing)))
    assert "Ended by a merger" in page
    assert "two officers may withdraw it" in page
    assert at("unit_representative", listing) not in page
    page = words(clerk.get(at("propose", listing, "withdraw")))
    assert str(WithdrawalCause.UNIT_ENDED.value) in page


@pytest.mark.parametrize(
    ("typed", "code", "field", "kept"),
    [
        ({**MERGED, "since": "2027-01-01"}, "R-204", "since", SUCCESSOR),
        ({**MERGED, "successors-0-code": "91110105MA00FUCC2"}, "R-101", "successors-0-code", SUCCESSOR),
        ({**MERGED, "successors-0-code": cast.UNIT_NUMBER}, "R-226", "successors-0-code", SUCCESSOR),
        ({"kind": "merged"}, "R-227", "successors-0-name", GROUND),
        ({**MERGED, "kind": "renamed", "new_name": NEW_NAME}, "R-227", "successors-0-name", SUCCESSOR),
        ({"kind": "renamed"}, "R-213", "new_name", GROUND),
        ({"kind": "renamed", "new_name": NAME}, "R-222", "new_name", NAME),
        ({"kind": "", "new_name": NEW_NAME}, "R-213", "kind", NEW_NAME),
        ({"kind": "renamed", "new_name": NEW_NAME, "ground": "1"}, "R-311", "ground", NEW_NAME),
        ({"kind": "renamed", "new_name": NEW_NAME, "reason": ""}, "R-213", "reason", NEW_NAME),
        ({"kind": "renamed", "new_name": NEW_NAME, "version": "7"}, "R-306", "", NEW_NAME),
        ({"kind": "renamed", "new_name": NEW_NAME, "since": "2026-07-01"}, "R-224", "since", NEW_NAME),
    ],
)
def test_what_is_wrong_is_said_beside_its_field_and_what_was_typed_stays(typed, code, field, kept):
    listing = becoming.unit()
    answer = desk.at_the_desk(cast.clerk()).post(at("unit_change", listing), change(**typed))
    page = words(answer)
    assert answer.status_code == 200
    assert code in page
    assert f'href="#id_{field}"' in page or not field
    assert kept in page
    assert not Proposal.objects.exists()


def test_a_clerk_records_who_represents_it():
    listing = becoming.unit()
    clerk = desk.at_the_desk(cast.clerk())
    typed = {"name": REPRESENTATIVE, "document_type": "resident_id", "document_number": "1", "since": DAY.isoformat()}
    page = words(clerk.post(at("unit_representative", listing), {**typed, "ground": GROUND}))
    assert "R-101" in page
    assert f'value="{REPRESENTATIVE}"' in page
    typed["document_number"] = becoming.REPRESENTATIVE_NUMBER
    clerk.post(at("unit_representative", listing), {**typed, "ground": GROUND})
    page = words(clerk.get(at("unit", listing)))
    assert REPRESENTATIVE in page
    assert becoming.REPRESENTATIVE_NUMBER[-4:] in page
    assert becoming.REPRESENTATIVE_NUMBER not in page
    assert REPRESENTATIVE in words(clerk.get(at("listing", listing)))
    assert "The unit's legal representative recorded; told to nobody." in words(clerk.get(at("listing", listing)))


def test_who_is_linked_is_shown_with_role_and_listing_and_each_look_is_on_record():
    listing, gao = becoming.unit(), becoming.manager()
    clerk = desk.at_the_desk(cast.clerk())
    assert GAO not in words(clerk.get(at("listing", listing))), "the page of the listing is about the unit alone"
    page = words(clerk.get(at("unit", listing)))
    for said in (GAO, "Person directly in charge".lower(), gao.number):
        assert said in page or said in page.lower(), said
    looks = desk.looks(cast.clerk())
    assert looks == [(listing.number, "listing"), (listing.number, "unit"), (gao.number, "unit")]


def test_a_sealed_party_is_not_among_them():
    listing, gao = becoming.unit(), becoming.manager()
    cast.withdrawn(gao)
    type(gao).objects.filter(pk=gao.pk).update(sealed_at=cast.NOW)
    page = words(desk.at_the_desk(cast.clerk()).get(at("unit", listing)))
    assert GAO not in page
    assert gao.number not in page


def test_an_auditor_says_why_for_all_of_them_and_is_shown_no_number():
    listing, gao = becoming.unit(), becoming.manager()
    becoming.represented(listing, document_type="resident_id", document_number=becoming.REPRESENTATIVE_NUMBER)
    auditor = cast.officer("A-1", Role.AUDITOR, court="京")
    asked = desk.at_the_desk(auditor).get(at("unit", listing))
    assert asked.status_code == 302
    assert "/why/" in asked.headers["Location"]
    page = words(desk.with_a_reason(auditor, listing, gao).get(at("unit", listing)))
    assert REPRESENTATIVE in page
    assert becoming.REPRESENTATIVE_NUMBER[-4:] not in page


def doors(listing):
    return [at(name, listing) for name in ("unit", "unit_change", "unit_representative")]


def test_a_stranger_is_turned_away_everywhere():
    pages = doors(becoming.unit())
    for page in pages:
        for answer in (Client().get(page), Client().post(page)):
            assert answer.headers["Location"].startswith(reverse("admin:login"))
    stranger = desk.at_the_desk(cast.stranger())
    for page in pages:
        for answer in (stranger.get(page), stranger.post(page, change(kind="deregistered"))):
            assert answer.status_code in (404, 405)
            assert NAME not in words(answer)
    assert desk.looks(cast.stranger()) == []
    assert not Proposal.objects.exists()
    assert not UnitChange.objects.exists()


def test_each_role_does_its_own_and_no_other():
    listing = becoming.unit()
    for who in (cast.judge(), cast.registrar()):
        client = desk.at_the_desk(who)
        assert client.get(at("unit", listing)).status_code == 200
        for name in ("unit_change", "unit_representative"):
            assert client.get(at(name, listing)).status_code == 403, name


def test_a_natural_person_has_no_such_pages():
    listing = cast.in_force()
    clerk = desk.at_the_desk(cast.clerk())
    page = words(clerk.get(at("listing", listing)))
    assert at("unit", listing) not in page
    assert at("unit_representative", listing) not in page
    for where in doors(listing):
        assert "R-221" in words(clerk.get(where))
        pressed = clerk.post(where, change(kind="deregistered"))
        assert pressed.status_code == 405 or "R-221" in words(pressed)
    assert "unit_ended" not in words(clerk.get(at("propose", listing, "withdraw")))


def test_a_natural_persons_new_name_is_proposed_with_any_other_revision():
    listing = cast.in_force()
    clerk = desk.at_the_desk(cast.clerk())
    where = at("propose", listing, "revise")
    typed = {**desk.as_offered(clerk, where), "reason": "change of name", "ground": "（朝）公户字〔2026〕7号"}
    page = words(clerk.post(where, {**typed, "since": DAY.isoformat()}))
    assert "R-213" in page
    assert DAY.isoformat() in page
    assert "R-213" in words(clerk.post(where, {**typed, "new_name": "高云"}))
    assert desk.checked(clerk, where, {**typed, "new_name": "高云", "since": DAY.isoformat()}).status_code == 302
    actions.carry_out(Proposal.objects.get().pk, officer=cast.judge(), now=cast.NOW)
    page = words(clerk.get(at("listing", listing)))
    assert "高云" in page
    assert GAO in page


def test_a_unit_has_its_own_sheet_for_it_and_not_two():
    page = words(desk.at_the_desk(cast.clerk()).get(at("propose", becoming.unit(), "revise")))
    assert 'name="new_name"' not in page


def test_service_on_a_unit_asks_in_which_capacity_and_shows_it(settings):
    settings.REGISTRY_NOTICE_WAIVER = ""
    listing = noticing.approved(noticing.unit(), number=cast.UNIT_NUMBER)
    clerk = desk.at_the_desk(cast.clerk())
    where = reverse("admin:service", args=[listing.party.decision_id])
    typed = {"served_on": "2026-11-24", "how": "by_post", "reference": "EMS 1059", "listings": [listing.pk]}
    page = words(clerk.post(where, typed))
    assert "R-228" in page
    assert 'href="#id_received_as"' in page
    assert "EMS 1059" in page
    assert clerk.post(where, {**typed, "received_as": "post"}).status_code == 302
    for address in (at("listing", listing), reverse("sharing_desk:notice", args=[listing.number])):
        assert "who receives the unit's post" in words(clerk.get(address))


def test_service_on_a_natural_person_asks_for_none(settings):
    settings.REGISTRY_NOTICE_WAIVER = ""
    listing = noticing.approved()
    clerk = desk.at_the_desk(cast.clerk())
    where = reverse("admin:service", args=[listing.party.decision_id])
    assert 'name="received_as"' not in words(clerk.get(where))
    typed = {"served_on": "2026-11-24", "how": "by_post", "reference": "EMS 1059", "listings": [listing.pk]}
    assert clerk.post(where, typed).status_code == 302
    assert ActRecord.objects.filter(act="record_service").exists()


def test_the_table_of_changes_is_read_by_auditors_alone():
    becoming.became(becoming.unit(), "merged", HEIR)
    where = reverse("admin:registry_unitchange_changelist")
    page = words(desk.at_the_desk(cast.officer("A-1", Role.AUDITOR, court="京")).get(where))
    assert "20 October 2026" in page
    for word in (SUCCESSOR, NAME):
        assert word not in page
    assert desk.at_the_desk(cast.clerk()).get(where).status_code == 403
