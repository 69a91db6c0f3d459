"""What members did in their portal: read by those who answer for it, of their own organisation alone, in words."""

from __future__ import annotations

import csv
import io
from datetime import timedelta

import pytest
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from sharing.departments.portal import connection, endpoints
from sharing.employers.portal import endpoint as employers_endpoint
from sharing.parties import acts_page, members, people
from sharing.parties.acts_page import PAGE
from sharing.parties.member_acts import ON_MEMBERS, MemberActKind
from sharing.parties.models import ROLES, Member, MemberAct, MemberRole, Organisation
from tests import asking, cast
from tests.signing_in import sign_in

pytestmark = pytest.mark.django_db
PASSWORD = "a long enough phrase"
READ, KEY = MemberActKind.READ_RESULT, MemberActKind.ADD_KEY


@pytest.fixture
def bank() -> Organisation:
    return asking.bank().organisation


@pytest.fixture
def owner(bank: Organisation) -> Member:
    return a_member(bank, "ou", MemberRole.OWNER)


@pytest.fixture
def hr(bank: Organisation) -> Member:
    return a_member(bank, "han", MemberRole.HR)


def a_member(of: Organisation, username: str, role: MemberRole) -> Member:
    return members.take_in(of, username=username, password=PASSWORD, name=f"某{username}", role=role)


def did(member: Member, act: MemberActKind, about: str, *, minutes_ago: int = 0) -> None:
    members.note(member, act, about, now=timezone.now() - timedelta(minutes=minutes_ago))


def signed_in(member: Member, language: str = "en") -> Browser:
    browser = Browser(headers={"accept-language": language})
    sign_in(browser, member.account)
    return browser


def page(member: Member, room: str = "employer", language: str = "en", **sought: str) -> str:
    return signed_in(member, language).get(reverse(f"{room}:acts"), sought).content.decode().split("<main")[1]


def rows(member: Member, **sought: str) -> list[list[str]]:
    answer = signed_in(member).get(reverse("employer:export_acts"), sought)
    _heads, *found = csv.reader(io.StringIO(answer.getvalue().decode("utf-8-sig")))
    return found


def test_the_newest_act_stands_first_in_the_readers_language(owner: Member, hr: Member) -> None:
    did(hr, READ, "scr_1", minutes_ago=5)
    did(owner, KEY, "key_1")
    shown = page(owner)
    assert shown.index("made a key") < shown.index("read a result")
    assert "某han" in shown
    assert "scr_1" in shown
    assert "查看了查询结果" in page(owner, language="zh-hans")


def test_it_is_sought_by_member_by_act_and_by_id(owner: Member, hr: Member) -> None:
    did(hr, READ, "scr_1")
    did(hr, READ, "scr_2")
    did(owner, READ, "scr_1")
    assert [row[4] for row in rows(owner, who=str(hr.pk), about="scr_2")] == ["scr_2"]
    assert {row[1] for row in rows(owner, about="scr_1")} == {"某han", "某ou"}
    assert [row[3] for row in rows(owner, act="export_acts")] == ["downloaded the acts of members"] * 3
    assert "Nothing is on record for this search." in page(owner, about="scr_3")


@pytest.mark.parametrize("sought", [{"who": "0"}, {"act": "no such"}, {"about": "x" * 65}, {"about": "\0"}])
def test_what_cannot_be_read_is_said_and_not_sought(owner: Member, hr: Member, sought: dict[str, str]) -> None:
    did(hr, READ, "scr_1")
    shown = page(owner, **sought)
    assert "scr_1" in shown
    assert "govuk-error-message" in shown


def test_a_member_that_an_act_is_about_is_called_by_name(owner: Member, hr: Member) -> None:
    did(owner, MemberActKind.SHUT_OUT, str(hr.pk))
    assert [row[3:] for row in rows(owner, act="shut_out")] == [["shut a member out", "某han"]]


def test_many_acts_are_turned_through(owner: Member, hr: Member) -> None:
    for number in range(PAGE + 1):
        did(hr, READ, f"scr_{number:03}", minutes_ago=number)
    first, second = page(owner, who=str(hr.pk)), page(owner, who=str(hr.pk), page="2")
    assert f"?who={hr.pk}&amp;page=2" in first
    assert ("scr_000" in first, "scr_050" in first, "scr_050" in second) == (True, False, True)


def test_the_file_is_whole_in_however_many_pieces_it_is_read(
    owner: Member, hr: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(acts_page, "CHUNK", 2)
    at = timezone.now()
    for number in range(5):  # three of them in one moment
        members.note(hr, READ, f"scr_{number}", now=at - timedelta(minutes=max(number - 2, 0)))
    found = rows(owner, who=str(hr.pk))
    assert sorted(row[4] for row in found) == [f"scr_{number}" for number in range(5)]
    assert [row[0] for row in found] == sorted((row[0] for row in found), reverse=True)


def test_an_act_that_is_given_up_keeps_its_code(owner: Member) -> None:
    MemberAct.objects.create(member=owner, act="of_old", about="x", at=timezone.now())
    assert "of_old" in page(owner)


def test_another_organisations_members_and_acts_are_not_found(owner: Member) -> None:
    others = asking.courier_company().organisation
    stranger = a_member(others, "fremd", MemberRole.OWNER)
    did(stranger, READ, "scr_secret")
    for sought in ({}, {"who": str(stranger.pk)}, {"about": "scr_secret"}):
        assert "scr_secret</" not in page(owner, **sought)
        assert "某fremd" not in page(owner, **sought)
        assert all(row[1] == "某ou" for row in rows(owner, **sought))


def test_hr_and_integrators_do_not_read_what_their_colleagues_did(hr: Member) -> None:
    finance = cast.department().organisation
    wei = a_member(finance, "wei", MemberRole.INTEGRATOR)
    for member, room in ((hr, "employer"), (wei, "department")):
        for name in ("acts", "export_acts"):
            assert signed_in(member).get(reverse(f"{room}:{name}")).status_code == 403
        assert "What members did" not in signed_in(member).get(reverse(f"{room}:people")).content.decode()


def test_owners_and_auditors_find_the_page_beside_the_members(owner: Member, bank: Organisation) -> None:
    auditor = a_member(bank, "shen", MemberRole.AUDITOR)
    chief = a_member(cast.department().organisation, "bu", MemberRole.OWNER)
    for member, room in ((owner, "employer"), (auditor, "employer"), (chief, "department")):
        assert reverse(f"{room}:acts") in signed_in(member).get(reverse(f"{room}:people")).content.decode()
        assert signed_in(member).get(reverse(f"{room}:acts")).status_code == 200
    assert f"{reverse('employer:acts')}?who={auditor.pk}" in (
        signed_in(owner).get(reverse("employer:person", args=[auditor.pk])).content.decode()
    )


def test_every_button_that_notes_its_own_name_has_its_words() -> None:
    """A button without a word would be an error where it is pressed."""
    buttons = {
        *(f"{do}_endpoint" for do in (*endpoints.DEEDS, *employers_endpoint.DEEDS)),
        *connection.DEEDS,
        *(noted for noted, _give in people.AFRESH.values()),
        *(f"make_{role.value}" for roles in ROLES.values() for role in roles),
    }
    assert buttons <= set(MemberActKind.values)
    assert {act for act in MemberActKind if act.startswith("make_") and act.removeprefix("make_") in MemberRole} <= (
        ON_MEMBERS
    )
