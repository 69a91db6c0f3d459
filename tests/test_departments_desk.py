"""The court's desk for departments: who is connected, two registrars who decide, one who takes members in; no stranger."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from registry.models import Role
from sharing.delivery.models import Endpoint, EndpointState
from sharing.departments import instruments, proposals, proposing, settling, telling
from sharing.departments.models import Department, DeskAct, Instrument, Measure, SharingProposal
from sharing.parties import clients, members
from sharing.parties.member_acts import MemberActKind
from sharing.parties.models import Client, Member, MemberRole, Organisation
from tests import cast, desk
from tests.signing_in import sign_in

pytestmark = pytest.mark.django_db

INSTRUMENT = {
    "number": "京高法共享〔2026〕9号",
    "signed_on": "2026-11-02",
    "expires_on": "2029年11月1日",
    "shared": ["numbers", "facts"],
    "onward": "check_only",
    "onward_note": "仅供所监管机构核验",
    "retention_months": "12",
}
MEASURE = {
    "code": "limit-accounts",
    "name": "限制开立账户",
    "name_en": "Limiting new accounts",
    "basis": "联合惩戒办法第九条",
    "articles": ["CL 253-1"],
    "facts": [],
}
DEPARTMENT = {"name": "北京某监管局", "name_en": "Some Bureau", "code": "some-bureau", "sector": "finance"}


@pytest.fixture(autouse=True)
def at_ten(settings, monkeypatch):
    settings.REGISTRY_NOTICE_WAIVER = "tests: service in court is presumed, 2026-11-24"
    monkeypatch.setattr(timezone, "now", lambda: cast.NOW)


@pytest.fixture
def he():
    return desk.at_the_desk(cast.high_court_registrar())


@pytest.fixture
def tang():
    return desk.at_the_desk(cast.second_high_court_registrar())


@pytest.fixture
def finance():
    return cast.department()


def at(name, *args):
    return reverse(f"sharing_desk:{name}", args=args)


def text(response):
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def fill_in(browser, path, typed, *, sound=True):
    """Fill in and, where it is sound, confirm; the page that the last step leads to."""
    first = browser.post(path, typed)
    if not sound:
        assert first.status_code == 200
        return first
    assert first.url == f"{path}?check"
    checked = browser.get(first.url)
    assert checked.status_code == 200
    return browser.post(first.url, follow=True)


def decide(browser, proposal, do="approve", **more):
    return browser.post(at("proposal", proposal.pk), {"do": do, **more}, follow=True)


def proposed():
    return SharingProposal.objects.get()


def settled():
    telling.walk(now=cast.NOW)
    settling.settle_all(now=cast.NOW)


# The list


def test_without_departments_the_list_says_what_to_do(he):
    assert "None yet. Add a department." in text(he.get(at("departments")))


def test_the_list_says_how_each_department_stands(he, finance):
    cast.measure(finance)
    cast.add_endpoint(finance, "http://127.0.0.1:8600/webhooks", now=cast.NOW)
    cast.in_force()
    settled()
    Instrument.objects.update(expires_on="2026-12-31")
    said = text(he.get(at("departments")))
    for words in (
        "finance-department",
        "京高法共享〔2026〕1号",
        "ends within 60 days: renew it",
        "Limiting new accounts",
        "catching up",
        "Oldest undelivered: 24 November 2026",
        "Of these overdue: 0",
    ):
        assert words in said, words


def test_the_navigation_leads_there_for_those_who_may(he):
    link = f'href="{at("departments")}"'
    assert link in he.get("/desk/").content.decode()
    assert link not in desk.at_the_desk(cast.clerk()).get("/desk/").content.decode()


# Registering a department


def test_one_registrar_registers_a_department(he):
    page = fill_in(he, at("new_department"), {**DEPARTMENT, "uscc": cast.UNIT_NUMBER})
    assert "It is told of nothing before two officers" in text(page)
    assert Department.objects.get().organisation.name == "北京某监管局"
    assert "Registered the department" in text(page)


@pytest.mark.parametrize(
    ("wrong", "field", "said"),
    [
        ({"uscc": "111100000000000001"}, "uscc", "R-102"),
        ({"code": "new"}, "code", "R-424"),
        ({"code": "finance-department"}, "code", "R-424"),
        ({"code": "a b"}, "code", "slug"),
        ({"sector": "fishing"}, "sector", "R-206"),
        ({"name": ""}, "name", "R-213"),
    ],
)
def test_what_is_wrong_stands_beside_its_field_and_what_was_typed_stays(he, finance, wrong, field, said):
    typed = {**DEPARTMENT, "uscc": cast.UNIT_NUMBER, **wrong}
    html = fill_in(he, at("new_department"), typed, sound=False).content.decode()
    assert said in html.split(f'id="id_{field}_error"')[1].split("</div>")[0]
    assert 'value="Some Bureau"' in html
    assert not Department.objects.filter(organisation__code="some-bureau").exists()


def test_a_credit_code_that_is_taken_is_refused(he, finance):
    typed = {**DEPARTMENT, "uscc": finance.organisation.uscc}
    assert "R-425" in fill_in(he, at("new_department"), typed, sound=False).content.decode()


def test_what_was_filled_in_is_checked_line_by_line_and_can_be_changed(he):
    path = at("new_department")
    he.post(path, {**DEPARTMENT, "uscc": cast.UNIT_NUMBER})
    checked = he.get(f"{path}?check").content.decode()
    assert f'href="{path}?change#id_name_en"' in checked
    assert 'value="Some Bureau"' in he.get(f"{path}?change").content.decode()
    assert 'value="Some Bureau"' not in he.get(path).content.decode()
    assert not Department.objects.exists()


def test_the_second_step_alone_leads_to_the_first(he):
    assert he.get(f"{at('new_department')}?check").url == at("new_department")


# Two officers


def test_an_instrument_is_proposed_spelled_out_and_approved(he, tang, finance):
    waiting = text(fill_in(he, at("propose_instrument", "finance-department"), INSTRUMENT))
    assert "Who proposed it may not decide it." in waiting
    assert "Take it back" in waiting
    shown = text(tang.get(at("proposal", proposed().pk)))
    for words in (
        "京高法共享〔2026〕9号",
        "1 November 2029",
        "case number; employment prohibitions",
        "a check only",
        "12",
    ):
        assert words in shown, words
    assert "approved" in text(decide(tang, proposed()))
    assert Instrument.objects.get().onward == "check_only"


def test_a_measure_is_opened_with_its_opening_set_foretold(he, tang, finance):
    cast.instrument(finance)
    listing = cast.in_force()
    path = at("open_measure", Instrument.objects.get().pk)
    he.post(path, MEASURE)
    foretold = text(he.get(f"{path}?check"))
    assert "1 listing in force fits." in foretold
    assert "1 is new to the department and is told to it." in foretold
    assert listing.number in foretold
    assert "高䶮" not in foretold
    he.post(f"{path}?check")
    assert listing.number in text(tang.get(at("proposal", proposed().pk)))
    decide(tang, proposed())
    measure = Measure.objects.get()
    before = text(he.get(at("measure", measure.pk)))
    assert "0 of 1 told" in before
    assert "is being brought in line" in before
    settled()
    after = text(he.get(at("measure", measure.pk)))
    assert "1 of 1 told" in after
    assert "is being brought in line" not in after


def test_on_an_expired_instrument_nothing_is_promised(he, finance):
    instrument = cast.instrument(finance)
    cast.in_force()
    settled()
    instruments.watch(now=cast.NOW + timedelta(days=4000))
    path = at("open_measure", instrument.pk)
    he.post(path, MEASURE)
    foretold = text(he.get(f"{path}?check"))
    assert "0 are new to the department" in foretold
    assert "Its sharing instrument has expired." in foretold


def test_an_approval_answers_before_anything_is_told(he, tang, finance, monkeypatch):
    cast.instrument(finance)
    fill_in(he, at("open_measure", Instrument.objects.get().pk), MEASURE)
    monkeypatch.setattr(settling, "settle", lambda *args, **kwargs: pytest.fail("settled inside the request"))
    monkeypatch.setattr(telling, "walk", lambda **kwargs: pytest.fail("walked inside the request"))
    decide(tang, proposed())
    assert Department.objects.get().unsettled_position is not None


def test_a_measure_is_narrowed_with_before_and_after(he, tang, finance):
    measure = cast.measure(finance, facts=())
    cast.in_force()
    settled()
    typed = {**MEASURE, "facts": ["minors_data"], "reason": "the joint measures were narrowed"}
    fill_in(he, at("replace_measure", measure.pk), typed)
    shown = text(tang.get(at("proposal", proposed().pk)))
    assert "What changes" in shown
    assert "1 is withdrawn from it, and it must purge." in shown
    assert "the joint measures were narrowed" in shown
    decide(tang, proposed())
    measure.refresh_from_db()
    assert measure.to_position is not None
    assert Measure.objects.get(to_position=None).facts == ["minors_data"]


def test_a_measure_is_ended(he, tang, finance):
    measure = cast.measure(finance)
    fill_in(he, at("end_measure", measure.pk), {"reason": "repealed"})
    assert "A proposal waits for the second officer" in text(tang.get(at("measure", measure.pk)))
    decide(tang, proposed())
    assert "It ended at no." in text(he.get(at("measure", measure.pk)))


def test_an_instrument_is_renewed(he, tang, finance):
    instrument = cast.instrument(finance)
    path = at("renew", instrument.pk)
    assert "R-205" in fill_in(he, path, {"expires_on": "2026-12-01"}, sound=False).content.decode()
    fill_in(he, path, {"expires_on": "2032-01-04"})
    decide(tang, proposed())
    assert "until 4 January 2032" in text(he.get(at("instrument", instrument.pk)))


def test_a_measure_without_an_article_or_a_basis_is_refused_beside_the_field(he, finance):
    path = at("open_measure", cast.instrument(finance).pk)
    for wrong, field, said in (
        ({"articles": []}, "articles", "R-213"),
        ({"basis": ""}, "basis", "R-404"),
        ({"name": ""}, "name", "R-213"),
        ({"longest_months": "0"}, "longest_months", "R-214"),
        ({"information_only": "on"}, "basis", "R-404"),
    ):
        html = fill_in(he, path, {**MEASURE, **wrong}, sound=False).content.decode()
        assert said in html.split(f'id="id_{field}_error"')[1].split("</div>")[0]


def test_who_proposed_it_is_refused_by_the_page_too(he, finance):
    cast.instrument(finance)
    fill_in(he, at("open_measure", Instrument.objects.get().pk), MEASURE)
    page = decide(he, proposed())
    assert page.status_code == 403
    assert "R-304" in text(page)
    assert not Measure.objects.exists()


def test_it_is_returned_with_a_reason(he, tang, finance):
    measure = cast.measure(finance)
    fill_in(he, at("end_measure", measure.pk), {"reason": "repealed"})
    assert "R-213" in text(decide(tang, proposed(), "return", reason=""))
    assert "R-305" in text(decide(tang, proposed(), "return", reason="x"))
    page = text(decide(tang, proposed(), "return", reason="it was not repealed"))
    assert "it was not repealed" in page
    assert "it was not repealed" in text(he.get(at("proposal", proposed().pk)))


def test_it_is_taken_back(he, tang, finance):
    measure = cast.measure(finance)
    fill_in(he, at("end_measure", measure.pk), {"reason": "repealed"})
    assert decide(tang, proposed(), "take_back").status_code == 403
    assert "taken back" in text(decide(he, proposed(), "take_back"))


def test_what_changed_meanwhile_is_said_and_nothing_is_lost(he, tang, finance):
    measure = cast.measure(finance)
    fill_in(he, at("end_measure", measure.pk), {"reason": "repealed"})
    cast.ended(measure)
    assert "the measure has ended" in text(tang.get(at("proposal", proposed().pk)))
    page = text(decide(tang, proposed()))
    assert "R-420" in page
    assert "waiting" in page
    assert proposals.waiting().count() == 1


def test_the_same_proposal_twice_is_refused(he, finance):
    measure = cast.measure(finance)
    fill_in(he, at("end_measure", measure.pk), {"reason": "repealed"})
    he.post(at("end_measure", measure.pk), {"reason": "repealed"})
    assert "R-421" in text(he.post(f"{at('end_measure', measure.pk)}?check"))


def test_what_waits_is_counted_on_the_work_page(he, tang, finance):
    measure = cast.measure(finance)
    assert "Nothing waits for you." in text(tang.get("/desk/"))
    fill_in(he, at("end_measure", measure.pk), {"reason": "repealed"})
    assert "Proposals about sharing waiting for me (1)" in text(tang.get("/desk/"))
    assert "waiting for another registrar (1)" in text(he.get("/desk/"))
    for other in (cast.judge(), cast.registrar(), cast.officer("A-X", Role.AUDITOR, court="京")):
        assert "Proposals about sharing" not in text(desk.at_the_desk(other).get("/desk/"))


# Members


def member_typed(**changes):
    return {"name": "魏对接", "username": "wei", "email": "wei@example.cn", "role": "integrator", **changes}


def test_a_member_is_added_with_a_password_shown_once_that_works(he, finance):
    page = he.post(at("add_member", "finance-department"), member_typed())
    password = re.search(r"<code>([^<]+)</code>", page.content.decode())[1]
    assert Browser().login(username="wei", password=password)
    assert password not in he.get(at("department", "finance-department")).content.decode()
    assert "no-store" in page.headers["Cache-Control"]
    assert list(DeskAct.objects.values_list("act", "officer__staff_number")) == [("member_added", "R-HE")]


def test_a_taken_user_name_or_a_wrong_address_stands_beside_its_field(he, finance):
    members.take_in(finance.organisation, username="wei", password="a long enough phrase", name="魏对接")
    html = he.post(at("add_member", "finance-department"), member_typed(email="wei")).content.decode()
    assert 'id="id_email_error"' in html
    html = he.post(at("add_member", "finance-department"), member_typed()).content.decode()
    assert "R-905" in html.split('id="id_username_error"')[1].split("</div>")[0]
    assert Member.objects.count() == 1


def test_a_member_who_is_shut_out_is_out_at_once(he, finance):
    member = members.take_in(finance.organisation, username="wei", password="a long enough phrase", name="魏对接")
    browser = Browser()
    sign_in(browser, member.account)
    assert browser.get("/department/").status_code == 200
    page = he.post(at("shut_out_member", "finance-department", member.pk), follow=True)
    assert "shut out by the court" in text(page)
    assert browser.get("/department/").status_code == 302
    assert not Browser().login(username="wei", password="a long enough phrase")


def test_whom_the_court_shut_out_no_owner_lets_in_again_but_the_court_does(he, finance):
    members.take_in(
        finance.organisation, username="boss", password="a long enough phrase", name="主管", role=MemberRole.OWNER
    )
    member = members.take_in(finance.organisation, username="wei", password="a long enough phrase", name="魏对接")
    owner = Browser()
    sign_in(owner, Member.objects.get(account__username="boss").account)
    he.post(at("shut_out_member", "finance-department", member.pk))
    page = owner.post(reverse("department:person_act", args=[member.pk]), {"do": "let_in_again"}, follow=True)
    assert "R-597" in page.content.decode() or "it alone lets the member in again" in page.content.decode()
    assert not Browser().login(username="wei", password="a long enough phrase")
    page = he.post(at("let_member_in", "finance-department", member.pk), follow=True)
    assert "Let in again." in text(page)
    assert Browser().login(username="wei", password="a long enough phrase")
    assert set(DeskAct.objects.values_list("act", flat=True)) == {"member_shut_out", "member_let_in"}


def test_whoever_shuts_a_member_out_is_told_which_keys_he_can_still_call_with(he, finance):
    member = members.take_in(finance.organisation, username="wei", password="a long enough phrase", name="魏对接")
    (shown, _), (other, _) = (clients.issue(finance.organisation, ["events"], now=timezone.now()) for _each in "ab")
    members.note(member, MemberActKind.ADD_KEY, shown, now=timezone.now())
    where = at("shut_out_member", "finance-department", member.pk)
    page = text(he.get(where))
    assert f"Key {shown[:8]}…: the member was shown its secret." in page
    assert other[:8] not in page
    assert "1 key whose secret the member was shown goes on" in text(he.post(where, follow=True))


def test_whom_an_owner_shut_out_as_well_the_court_alone_does_not_let_in(he, finance):
    for name in ("boss", "wei"):
        members.take_in(
            finance.organisation, username=name, password="a long enough phrase", name=name, role=MemberRole.OWNER
        )
    member = Member.objects.get(account__username="wei")
    members.shut_out(member)
    he.post(at("shut_out_member", "finance-department", member.pk))
    page = he.post(at("let_member_in", "finance-department", member.pk), follow=True)
    assert "An owner shut the member out" in text(page)
    assert not Browser().login(username="wei", password="a long enough phrase")


def test_a_member_of_another_department_is_not_found_there(he, finance):
    other = cast.department("telecom")
    member = members.take_in(other.organisation, username="wei", password="a long enough phrase", name="魏对接")
    assert he.post(at("shut_out_member", "finance-department", member.pk)).status_code == 404
    member.account.refresh_from_db()
    assert member.account.is_active


# Keys


def key_of(organisation: Organisation) -> Client:
    client_id, _secret = clients.issue(organisation, ["events", "receipts"], now=timezone.now())
    return Client.objects.get(client_id=client_id)


def test_a_key_is_revoked_with_a_reason_on_record_where_its_owners_are_not_there(he, finance):
    key = key_of(finance.organisation)
    path = at("revoke_department_key", "finance-department", key.client_id)
    assert path in he.get(at("department", "finance-department")).content.decode()
    assert "R-213" in he.post(path, {"reason": ""}).content.decode()
    key.refresh_from_db()
    assert key.is_live(timezone.now())
    page = text(he.post(path, {"reason": "found on a public site"}, follow=True))
    key.refresh_from_db()
    assert not key.is_live(timezone.now())
    assert "found on a public site" in page
    assert path not in page


def test_another_departments_key_is_not_found_there(he, finance):
    key = key_of(cast.department("telecom").organisation)
    path = at("revoke_department_key", "finance-department", key.client_id)
    assert he.post(path, {"reason": "found on a public site"}).status_code == 404
    key.refresh_from_db()
    assert key.is_live(timezone.now())


# Endpoints


@pytest.fixture
def endpoint(finance):
    return cast.add_endpoint(finance, "http://127.0.0.1:8600/webhooks", now=cast.NOW)[0]


def test_an_endpoint_says_since_when_it_fails_and_what_to_do(he, endpoint):
    Endpoint.objects.update(failures=7, failing_since=cast.NOW, last_failure="410", alarm=1)
    said = text(he.get(at("endpoint", endpoint.pk)))
    for words in (
        "http://127.0.0.1:8600/webhooks",
        "failing",
        "24 November 2026",
        "410",
        "Alarms sent 1 of 3",
        "is gone",
    ):
        assert words in said, words


def test_it_is_paused_and_resumed_with_a_reason_on_record(he, endpoint):
    path = at("switch_endpoint", endpoint.pk)
    assert "R-213" in he.post(path, {"reason": ""}).content.decode()
    he.post(path, {"reason": "they asked for it on the phone"})
    endpoint.refresh_from_db()
    assert endpoint.state == EndpointState.PAUSED
    page = text(he.get(at("department", "finance-department")))
    assert "they asked for it on the phone" in page
    he.post(path, {"reason": "they are ready"})
    endpoint.refresh_from_db()
    assert endpoint.state == EndpointState.ACTIVE


def test_who_sends_the_pause_twice_does_not_resume_it(he, endpoint):
    path = at("switch_endpoint", endpoint.pk)
    sent = {
        "reason": "it floods them",
        "to": re.search(r'name="to"\s+value="([^"]+)"', he.get(path).content.decode())[1],
    }
    he.post(path, sent)
    assert "nothing was changed" in text(he.post(path, sent, follow=True))
    endpoint.refresh_from_db()
    assert endpoint.state == EndpointState.PAUSED


# Strangers


@pytest.fixture
def doors(finance, endpoint):
    """Every address, with what it would do."""
    measure = cast.measure(finance)
    proposal = proposing.propose_end(measure, reason="repealed", officer=cast.high_court_registrar(), now=cast.NOW)
    member = members.take_in(finance.organisation, username="wei", password="a long enough phrase", name="魏对接")
    code, instrument = finance.organisation.code, measure.instrument
    looks = [
        at("departments"),
        at("department", code),
        at("instrument", instrument.pk),
        at("measure", measure.pk),
        at("endpoint", endpoint.pk),
        at("proposal", proposal.pk),
    ]
    acts = [
        at("new_department"),
        at("propose_instrument", code),
        at("renew", instrument.pk),
        at("open_measure", instrument.pk),
        at("replace_measure", measure.pk),
        at("end_measure", measure.pk),
        at("add_member", code),
        at("shut_out_member", code, member.pk),
        at("let_member_in", code, member.pk),
        at("revoke_department_key", code, key_of(finance.organisation).client_id),
        at("switch_endpoint", endpoint.pk),
    ]
    return looks, acts


def _clerk_of_the_high_court():
    return cast.officer("C-H", Role.CLERK, court="京")


@pytest.mark.parametrize("stranger", [cast.clerk, cast.judge, cast.registrar, _clerk_of_the_high_court])
def test_other_officers_are_refused_at_every_door_and_told_who_may(doors, stranger):
    looks, acts = doors
    browser = desk.at_the_desk(stranger())
    for path in looks:
        page = browser.get(path)
        assert page.status_code == 403, path
        assert "registrar of the High Court, auditor" in text(page)
    for path in acts:
        assert (browser.get(path).status_code, browser.post(path, {}).status_code) == (403, 403), path
    assert "R-509" in text(browser.get(acts[0]))


def test_a_member_and_somebody_who_is_not_signed_in_are_led_to_the_sign_in(doors):
    member = Browser()
    sign_in(member, Member.objects.get().account)
    for browser in (member, Browser()):
        for path in (*doors[0], *doors[1]):
            assert browser.get(path).url.startswith("/desk/login/"), path
            assert browser.post(path, {"do": "approve"}).url.startswith("/desk/login/"), path
    assert not SharingProposal.objects.exclude(outcome=None).exists()


def test_an_auditor_looks_and_changes_nothing(doors):
    looks, acts = doors
    browser = desk.at_the_desk(cast.officer("A-X", Role.AUDITOR, court="京"))
    for path in looks:
        page = browser.get(path)
        assert page.status_code == 200, path
        assert not [each for each in acts if f'href="{each}"' in page.content.decode()], path
    for path in acts:
        assert browser.post(path, {}).status_code == 403, path
    assert browser.post(looks[-1], {"do": "approve"}).status_code == 403


def test_what_is_not_there_is_said_in_words(he):
    for path in (
        at("department", "nobody"),
        at("instrument", 1),
        at("measure", 1),
        at("endpoint", "ep_x"),
        at("proposal", "00000000-0000-0000-0000-000000000000"),
    ):
        assert he.get(path).status_code == 404, path
