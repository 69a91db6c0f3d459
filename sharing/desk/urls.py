from collections.abc import Callable

from django.contrib import admin
from django.http import HttpResponse
from django.urls import URLPattern, path

from sharing.desk import (
    agreements,
    alarms,
    allowances,
    clearance,
    connecting,
    consents,
    counter,
    departments,
    employers,
    monitoring,
    notices,
    objections,
    objections_acts,
    objections_entry,
    objections_why,
    own_record,
    proposals,
    readings,
    recalls,
    registrations,
    results,
    stages,
)
from sharing.desk.overdue import overdue
from sharing.desk.recipients import recipients
from sharing.desk.retention import retention
from sharing.desk.timeliness import timeliness_page

app_name = "sharing_desk"


def _page(route: str, view: Callable[..., HttpResponse], name: str) -> URLPattern:
    return path(route, admin.site.admin_view(view), name=name)


urlpatterns = [
    _page("timeliness/", timeliness_page, "timeliness"),
    _page("overdue/", overdue, "overdue"),
    _page("recalls/", recalls.recalls, "recalls"),
    _page("recalls/<slug:code>/", recalls.recalls_of, "recalls_of"),
    _page("recalls/<slug:code>/on-paper/", recalls.record_on_paper, "record_on_paper"),
    _page("recalls/<slug:code>/in-charge/", recalls.name_duty, "name_duty"),
    _page("retention/", retention, "retention"),
    _page("results/", results.find_result, "find_result"),
    _page("results/<str:screening_id>/", results.show_result, "result"),
    _page("listings/<slug:number>/", recipients, "recipients"),
    _page("listings/<slug:number>/clearance/", clearance.clearance, "clearance"),
    _page("listings/<slug:number>/notice/", notices.show_notice, "notice"),
    _page("listings/<slug:number>/notice/issue/", notices.issue_notice, "issue_notice"),
    _page("listings/<slug:number>/notice/<uuid:notice_id>/pdf/", notices.make_notice, "make_notice"),
    _page("departments/", departments.departments, "departments"),
    _page("departments/new/", departments.new_department, "new_department"),
    _page("departments/<slug:code>/", departments.show_department, "department"),
    _page("departments/<slug:code>/instruments/new/", agreements.propose_instrument, "propose_instrument"),
    _page("departments/<slug:code>/members/new/", connecting.add_member, "add_member"),
    _page(
        "departments/<slug:code>/members/<int:member_id>/deactivate/",
        connecting.deactivate_member,
        "deactivate_member",
    ),
    _page("departments/instruments/<int:instrument_id>/", agreements.show_instrument, "instrument"),
    _page("departments/instruments/<int:instrument_id>/renew/", agreements.propose_renewal, "renew"),
    _page("departments/instruments/<int:instrument_id>/measures/new/", agreements.propose_measure, "open_measure"),
    _page("departments/measures/<int:measure_id>/", agreements.show_measure, "measure"),
    _page("departments/measures/<int:measure_id>/replace/", agreements.propose_replacement, "replace_measure"),
    _page("departments/measures/<int:measure_id>/end/", agreements.propose_end, "end_measure"),
    _page("departments/endpoints/<str:endpoint_id>/", connecting.show_endpoint, "endpoint"),
    _page("departments/endpoints/<str:endpoint_id>/switch/", connecting.switch_endpoint, "switch_endpoint"),
    _page("departments/endpoints/<str:endpoint_id>/stage/", stages.stage, "stage"),
    _page("registrations/", registrations.show_registrations, "registrations"),
    _page("registrations/<str:number>/", registrations.show_registration, "registration"),
    _page("registrations/<str:number>/enclosures/<uuid:enclosure_id>/", registrations.look, "enclosure"),
    _page("registrations/<str:number>/contact/", registrations.look_at_contact, "registration_contact"),
    _page("registrations/<str:number>/admit/", registrations.admit, "admit_registration"),
    _page("registrations/<str:number>/ask-more/", registrations.ask_more, "ask_more"),
    _page("registrations/<str:number>/refuse/", registrations.refuse, "refuse_registration"),
    _page("registrations/<str:number>/invite/", registrations.invite_again, "invite_again"),
    _page("campaigns/", allowances.show_allowances, "allowances"),
    _page("campaigns/<str:campaign_id>/", allowances.show_allowance, "allowance"),
    _page("campaigns/<str:campaign_id>/decide/", allowances.decide, "decide_allowance"),
    _page("employers/", employers.employers, "employers"),
    _page("employers/alarms/", alarms.show_alarms, "alarms"),
    _page("employers/new/", employers.new_employer, "new_employer"),
    _page("employers/<slug:code>/", employers.show_employer, "employer"),
    _page("employers/<slug:code>/switch/", employers.switch_employer, "switch_employer"),
    _page("employers/<slug:code>/call-in/", employers.call_in_forms, "call_in_forms"),
    _page("employers/<slug:code>/quota/", employers.change_quota, "change_quota"),
    _page("employers/<slug:code>/enrolled/", monitoring.change_most_enrolled, "change_most_enrolled"),
    _page("employers/<slug:code>/monitoring/<slug:monitoring_id>/end/", monitoring.end_monitoring, "end_monitoring"),
    _page("employers/<slug:code>/members/new/", employers.add_employer_member, "add_employer_member"),
    _page("counter-codes/new/", counter.counter_code, "counter_code"),
    _page("own-records/new/", own_record.own_record, "own_record"),
    _page("readings/", readings.readings, "readings"),
    _page("consents/", consents.consents, "consents"),
    _page("consents/<str:screening_id>/", consents.show_consent, "consent"),
    _page("consents/<str:screening_id>/form/", consents.look, "consent_form"),
    _page("consents/<str:screening_id>/person/", consents.look_at_person, "consent_person"),
    _page("consents/<str:screening_id>/confirm/", consents.confirm, "confirm_consent"),
    _page("consents/<str:screening_id>/refuse/", consents.refuse, "refuse_consent"),
    _page("objections/", objections.objections, "objections"),
    _page("objections/new/", objections_entry.enter, "enter_objection"),
    _page("objections/<slug:number>/", objections.show_objection, "objection"),
    _page("objections/<slug:number>/why/", objections_why.why, "why_objection"),
    _page("objections/<slug:number>/files/<uuid:file_id>/", objections.look, "objection_file"),
    _page("objections/<slug:number>/letter/", objections.letter, "objection_letter"),
    _page("objections/<slug:number>/slip/", objections_entry.slip, "objection_slip"),
    _page("objections/<slug:number>/slip.pdf", objections_entry.slip_pdf, "objection_slip_pdf"),
    _page("objections/<slug:number>/suspend/", objections_acts.suspend, "objection_suspend"),
    _page("objections/<slug:number>/steps/<slug:step>/", objections_acts.take_step, "objection_step"),
    _page("departments/proposals/<uuid:proposal_id>/", proposals.show_proposal, "proposal"),
]
