"""From a judgment's text to the ordinary forms: proposed, confirmed by hand, filled in, and nothing kept."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from registry import actions
from registry.actions import drafted, pasting
from registry.errors import FieldMissing, PastedGone, PastedTooLong, WrongRole
from registry.models import Decision, Listing, PastedText
from tests import cast, desk, judgments

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("notice_waived")]

NEW = "/desk/pasted/new/"
TEXT = judgments.text("one")


@pytest.fixture(autouse=True)
def today(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: cast.NOW)


def clerk():
    return desk.at_the_desk(cast.clerk())


def pasted(client, text=TEXT):
    answer = client.post(NEW, {"text": text})
    assert answer.status_code == 302, answer.content.decode()[-3000:]
    return answer.headers["Location"]


def keys(client, address, *, without=()):
    """Every proposal that can be taken, once for each field."""
    groups = client.get(address).context["groups"]
    found = []
    for group in groups:
        taken = set()
        for line in group.lines:
            name = line.finding.field
            if line.finding.fault or name in without or (name in taken and not line.finding.several):
                continue
            taken.add(name)
            found.append(line.key)
    return found


def typed_from(page):
    """The sheet as it stands on the page, as the browser would send it."""
    sheet = page.context["sheet"]
    typed = {}
    for form in [sheet.form, *(form for rows in sheet.rows.values() for form in rows.formset.forms)]:
        for bound in form:
            value = bound.value()
            if value not in (None, False, ""):
                typed[bound.html_name] = "on" if value is True and bound.name in ("detained", "for_life") else value
    for rows in sheet.rows.values():
        typed |= {
            f"{rows.formset.prefix}-TOTAL_FORMS": len(rows.formset.forms),
            f"{rows.formset.prefix}-INITIAL_FORMS": 0,
        }
    return typed


def test_it_works():
    """The whole way: paste, confirm, decision, party; then nothing is kept."""
    client = clerk()
    address = pasted(client)
    page = client.get(address).content.decode()
    assert "<mark>" in page
    assert "checked" not in page, "nothing is ticked before an officer does it"
    answer = client.post(address, {"take": keys(client, address)})
    form = client.get(answer.headers["Location"])
    assert form.context["sheet"].form["number"].value() == "（2026）京0105刑初123号"
    entered = client.post(answer.headers["Location"], typed_from(form) | {"prosecutor_received_on": "2026-09-02"})
    decision = Decision.objects.get()
    assert entered.headers["Location"] == reverse("admin:decision", args=[decision.pk])
    waiting = client.get(entered.headers["Location"]).context["pasted"]
    assert [each.name for each in waiting] == ["高䶮"]
    form = client.get(waiting[0].address)
    assert form.context["sheet"].form["sentence_months"].value() == 42
    assert client.post(waiting[0].address, typed_from(form)).status_code == 302
    listing = Listing.objects.get()
    assert listing.party.person.name == "高䶮"
    assert [each.number for each in drafted.documents_of(listing.party)] == [cast.DEFENDANT_NUMBER]
    assert listing.party.fine_yuan == 50_000
    assert listing.party.prohibitions.get().months == 36
    (rest,) = client.get(entered.headers["Location"]).context["pasted"]
    sheet = client.get(rest.address)
    assert client.post(rest.address, typed_from(sheet) | {"shown": ""}).status_code == 302
    decision.refresh_from_db()
    assert decision.gains_yuan == sheet.context["sheet"].form["gains_yuan"].value() > 0
    assert decision.data.exists()
    assert not PastedText.objects.exists()


def test_only_what_is_ticked_goes_into_the_forms():
    client = clerk()
    address = pasted(client)
    wanted = keys(client, address, without={"fine_yuan", "gains_yuan", "documents"})
    form = client.get(client.post(address, {"take": wanted}).headers["Location"])
    assert form.context["sheet"].form["number"].value()
    (row,) = PastedText.objects.all()
    assert "gains_yuan" not in row.content["circumstances"]["values"]
    assert "fine_yuan" not in row.content["parties"][0]["values"]
    assert "text" not in row.content
    assert cast.DEFENDANT_NUMBER not in str(row.content), "the text is gone, and what was not ticked with it"


def test_nothing_ticked_and_two_readings_of_one_field_are_refused():
    client = clerk()
    address = pasted(client, judgments.text("suspended"))
    assert "R-279" in client.post(address, {}).content.decode()
    lines = [line for group in client.get(address).context["groups"] for line in group.lines]
    both = [line.key for line in lines if line.finding.field == "custody_credited_days"]
    assert len(both) == 2
    page = client.post(address, {"take": both})
    assert "R-277" in page.content.decode()
    assert page.content.decode().count(" checked") == 2, "what was ticked stays ticked"


def test_what_is_faulty_cannot_be_taken():
    client = clerk()
    address = pasted(client, judgments.text("wrong_number"))
    lines = [line for group in client.get(address).context["groups"] for line in group.lines]
    faulty = [line.key for line in lines if line.finding.fault]
    right = [line.key for line in lines if line.finding.field == "name"]
    client.post(address, {"take": faulty + right})
    (row,) = PastedText.objects.all()
    assert row.content["parties"] == [{"values": {"name": "高䶮"}, "rows": {}}]


def test_nothing_of_it_lies_open():
    client = clerk()
    address = pasted(client)
    client.post(address, {"take": keys(client, address)})
    assert "高" not in address
    with connection.cursor() as cursor:
        cursor.execute("SELECT content_sealed FROM registry_pastedtext")
        (sealed,) = cursor.fetchone()
    assert "高䶮".encode() not in bytes(sealed)
    assert not any("prefill" in each.get_decoded() for each in Session.objects.all())


def test_it_is_the_officers_alone():
    address = pasted(clerk())
    assert Client().get(address).headers["Location"].startswith(reverse("admin:login"))
    other = cast.officer("C-TAO", cast.Role.CLERK)
    for officer in (other, cast.stranger()):
        assert desk.at_the_desk(officer).get(address).status_code == 404
        assert desk.at_the_desk(officer).get(f"/desk/decisions/new/?pasted={address.split('/')[-2]}").status_code == 404
    for officer in (cast.judge(), cast.statistician(), cast.registrar()):
        assert desk.at_the_desk(officer).get(address).status_code == 403
        assert desk.at_the_desk(officer).post(NEW, {"text": TEXT}).status_code == 403
    for nonsense in ("x", str(uuid4())):
        assert clerk().get(f"/desk/decisions/new/?pasted={nonsense}").status_code == 404


def test_another_courts_decision_is_closed():
    decision = cast.entered_decision()
    where = reverse("admin:paste_parties", args=[decision.pk])
    assert desk.at_the_desk(cast.stranger()).post(where, {"text": TEXT}).status_code == 404
    assert not PastedText.objects.exists()


def test_parties_are_proposed_for_a_decision_that_is_entered_already():
    decision = cast.entered_decision()
    client = clerk()
    where = reverse("admin:paste_parties", args=[decision.pk])
    address = client.post(where, {"text": judgments.text("several")}).headers["Location"]
    groups = client.get(address).context["groups"]
    assert not any(group.of_decision for group in groups)
    assert len([group for group in groups if not group.of_circumstances]) == 3
    client.post(address, {"take": keys(client, address)})
    page = client.get(reverse("admin:decision", args=[decision.pk]))
    assert [each.name for each in page.context["pasted"]] == ["北京某某数据科技有限公司", "高䶮", "欧阳㛃"]


def test_a_juvenile_ends_with_the_request():
    decision = cast.entered_decision()
    row = pasting.paste_text("x", decision=decision, officer=cast.clerk(), now=cast.NOW)
    pasting.confirm_pasted(row, decision=None, parties=[{"values": {"name": "某"}, "rows": {}}])
    where = f"{reverse('admin:add_party', args=[decision.pk])}?pasted={row.pk}&party=0"
    clerk().post(where, desk.party(cast.JUVENILE_NUMBER, "某", offence_dates="2024-05-06"))
    assert not PastedText.objects.exists()
    assert not Listing.objects.exists()


def test_a_form_that_is_sent_after_the_hour_is_entered_all_the_same(monkeypatch):
    client = clerk()
    address = pasted(client)
    answer = client.post(address, {"take": keys(client, address)})
    typed = typed_from(client.get(answer.headers["Location"]))
    actions.forget_pasted(now=cast.NOW + timedelta(hours=1))
    assert client.post(answer.headers["Location"], typed).status_code == 302
    assert Decision.objects.exists()
    assert client.get(answer.headers["Location"]).status_code == 404


def test_it_is_destroyed_after_an_hour():
    row = pasting.paste_text(TEXT, officer=cast.clerk(), now=cast.NOW)
    assert actions.forget_pasted(now=cast.NOW + timedelta(minutes=59)) == 0
    with pytest.raises(PastedGone):
        pasting.pasted_for(cast.clerk(), row.pk, now=cast.NOW + timedelta(hours=1))
    assert actions.forget_pasted(now=cast.NOW + timedelta(hours=1)) == 1
    assert not PastedText.objects.exists()


def test_what_is_no_judgment_or_too_long_is_refused_by_name():
    client = clerk()
    assert "R-276" in client.post(NEW, {"text": judgments.text("no_judgment")}).content.decode()
    assert "R-213" in client.post(NEW, {"text": ""}).content.decode()
    with pytest.raises(PastedTooLong):
        pasting.paste_text("字" * (pasting.MOST_CHARACTERS + 1), officer=cast.clerk(), now=cast.NOW)
    with pytest.raises(FieldMissing):
        pasting.paste_text("  ", officer=cast.clerk(), now=cast.NOW)
    with pytest.raises(WrongRole):
        pasting.paste_text(TEXT, officer=cast.judge(), now=cast.NOW)
    assert not PastedText.objects.exists()


def test_markup_in_a_text_is_text():
    client = clerk()
    text = TEXT.replace("无业", "<script>alert(1)</script>")
    page = client.get(pasted(client, text)).content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page
