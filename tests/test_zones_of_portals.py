"""What a department's members and programs do works under the rights that the portals' zone has in the database."""

from __future__ import annotations

import pytest
from django.urls import reverse

from registry.models import Event
from sharing.delivery import slot
from sharing.delivery.models import Endpoint, EndpointStage, Held
from sharing.departments import stages
from sharing.departments.models import Recall, StageChange
from tests import cast, zoned
from tests.receiving import receiver
from tests.test_feed import Door
from tests.test_hand_mode import signed_in, taken_in, told
from tests.test_what_cannot_be_opened import spoilt

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("notice_waived")]


def at(name, endpoint):
    return reverse(f"department:{name}", args=[endpoint.pk])


@pytest.mark.parametrize("apart", [True, False], ids=["zones apart", "one application"])
def test_an_endpoint_in_production_is_moved_to_another_host_and_is_on_trial_again(finance, apart):
    endpoint, _ = cast.add_endpoint(finance, "http://127.0.0.1:8601/webhooks")
    wei = signed_in(taken_in(finance))
    with zoned.zones(apart=apart) as refused:
        answer = wei.post(at("move_endpoint", endpoint), {"url": "http://localhost:8601/webhooks"})
        assert refused == []
    assert answer.status_code == 302
    assert Endpoint.objects.get().stage == EndpointStage.TRIAL
    assert StageChange.objects.get().because == stages.MOVED


def test_every_deed_of_a_department_works_under_the_portals_role(finance):
    with receiver() as inbox:
        endpoint, _ = cast.add_endpoint(finance, inbox.url)
        listing = cast.in_force()
        told()
        inbox.answer = lambda received: 422
        slot.run()
        cast.second_in_force()
        gone = cast.withdrawn(listing)
        told()
        ids = dict(Event.objects.values_list("position", "event_id"))
        Held.objects.create(endpoint=endpoint, listing_id=gone.pk, from_position=1, reason="refused")
        wei, door = signed_in(taken_in(finance)), Door(finance)
        deeds = [
            *((at("endpoint_act", endpoint), {"do": do}) for do in ("test", "pause", "resume", "rotate")),
            (at("endpoint_act", endpoint), {"do": "release", "number": gone.number}),
            (at("catch_up", endpoint), {"after": "0"}),
            (reverse("department:resend", args=[ids[1]]), {"endpoint": endpoint.pk}),
            (reverse("department:download"), {"form": "csv", "after": ""}),
            (reverse("department:download"), {"form": "csv", "after": "3"}),
            (reverse("department:declare"), {"which": "ticked", "ticked": [ids[3]], "declared": "on"}),
        ]
        spoilt(2)
        with zoned.zones() as refused:
            for address, fields in deeds:
                answer = wei.post(address, fields)
                b"".join(answer.streaming_content if answer.streaming else ())
                assert (answer.status_code < 400, refused) == (True, []), (address, fields)
            assert wei.get(reverse("department:list")).status_code == 200
            assert door.events(opened=0)["unreadable"] == [2]
            assert door.snapshot()[1]["count"] == 1
            entry = {"event": ids[2], "kind": "applied", "at": "2026-11-25T08:00:00Z"}
            assert door.receipt(**entry).status_code == 201
        assert refused == []
    assert Recall.objects.get().closed_by is not None
