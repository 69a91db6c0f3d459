"""The employer's portal: its own questions and answers, and nobody else's."""

from __future__ import annotations

from django.urls import path

from sharing.employers.portal import (
    answered,
    asked,
    asking,
    keys,
    may_learn,
    people,
    registered,
    registering,
    showing,
    start,
)

app_name = "employer"
urlpatterns = [
    path("", start.start, name="start"),
    path("register/", registering.register, name="register"),
    path("register/state/", registered.enter, name="enter_registration"),
    path("register/state/<str:link>/", registered.show, name="registration"),
    path("screenings/new/", asking.new, name="new"),
    path("screenings/", asked.screenings, name="screenings"),
    path("screenings/export.csv", asked.export, name="export"),
    path("screenings/<slug:screening_id>/", answered.show, name="screening"),
    path("screenings/<slug:screening_id>/told/", answered.told, name="told"),
    path("screenings/<slug:screening_id>/letter/", answered.letter, name="letter"),
    path("screenings/<slug:screening_id>/paper/", answered.print_paper, name="paper"),
    path("screenings/<slug:screening_id>/form/", showing.show_form, name="form"),
    path("screenings/<slug:screening_id>/recall/", answered.confirm_recall, name="confirm_recall"),
    path("what-you-may-learn/", may_learn.may_learn, name="may_learn"),
    path("keys/", keys.keys, name="keys"),
    path("keys/new/", keys.add, name="add_key"),
    path("keys/<slug:client_id>/", keys.revoke, name="revoke_key"),
    path("members/", people.people, name="people"),
    path("members/new/", people.add, name="add_member"),
    path("members/<int:member_id>/", people.person, name="person"),
    path("members/<int:member_id>/act/", people.act, name="person_act"),
]
