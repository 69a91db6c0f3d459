"""The employer's portal: its own questions and answers, and nobody else's."""

from __future__ import annotations

from django.urls import path

from sharing.employers.portal import (
    answered,
    asked,
    asking,
    batches,
    endpoint,
    enrolling,
    keys,
    may_learn,
    monitoring,
    one_batch,
    people,
    showing,
    start,
)

app_name = "employer"
urlpatterns = [
    path("", start.start, name="start"),
    path("screenings/new/", asking.new, name="new"),
    path("screenings/", asked.screenings, name="screenings"),
    path("screenings/export.csv", asked.export, name="export"),
    path("screenings/<slug:screening_id>/", answered.show, name="screening"),
    path("screenings/<slug:screening_id>/told/", answered.told, name="told"),
    path("screenings/<slug:screening_id>/letter/", answered.letter, name="letter"),
    path("screenings/<slug:screening_id>/paper/", answered.print_paper, name="paper"),
    path("screenings/<slug:screening_id>/form/", showing.show_form, name="form"),
    path("screenings/<slug:screening_id>/recall/", answered.confirm_recall, name="confirm_recall"),
    path("batches/", batches.batches, name="batches"),
    path("batches/new/", batches.new, name="new_batch"),
    path("batches/template.<slug:form>", batches.template, name="batch_template"),
    path("batches/<slug:batch_id>/", one_batch.show, name="batch"),
    path("batches/<slug:batch_id>/ask/", one_batch.ask, name="ask_batch"),
    path("batches/<slug:batch_id>/stop/", one_batch.stop, name="stop_batch"),
    path("batches/<slug:batch_id>/faults.csv", one_batch.faults, name="batch_faults"),
    path("batches/<slug:batch_id>/results.<slug:form>", one_batch.results, name="batch_results"),
    path("monitoring/", monitoring.monitorings, name="monitorings"),
    path("monitoring/new/", enrolling.enrol_employee, name="enrol"),
    path("monitoring/<slug:monitoring_id>/", monitoring.monitoring, name="monitoring"),
    path("monitoring/<slug:monitoring_id>/confirm/", monitoring.confirm, name="confirm_change"),
    path("monitoring/<slug:monitoring_id>/end/", monitoring.end, name="end_monitoring"),
    path("endpoint/", endpoint.show, name="endpoint"),
    path("endpoint/address/", endpoint.set_address, name="endpoint_address"),
    path("endpoint/act/", endpoint.act, name="endpoint_act"),
    path("what-you-may-learn/", may_learn.may_learn, name="may_learn"),
    path("keys/", keys.keys, name="keys"),
    path("keys/new/", keys.add, name="add_key"),
    path("keys/<slug:client_id>/", keys.revoke, name="revoke_key"),
    path("members/", people.people, name="people"),
    path("members/new/", people.add, name="add_member"),
    path("members/<int:member_id>/", people.person, name="person"),
    path("members/<int:member_id>/act/", people.act, name="person_act"),
]
