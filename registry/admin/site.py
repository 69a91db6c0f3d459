"""The court's admin site: who may enter it, what it is called, and every page of the desk."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.auth.views import PasswordChangeView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver, path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from registry.admin import (
    accounts,
    case_feed,
    cases,
    circumstances,
    code_lists,
    code_proposals,
    decisions,
    deputising,
    files,
    finding,
    holding,
    imports,
    imports_review,
    leaving,
    listings,
    matters,
    officers,
    parties,
    pasting,
    proposals,
    remarks,
    revealing,
    review,
    sealing,
    serving,
    striking,
    unit_pages,
    why,
)
from registry.admin.court_admin import CourtAdmin, officer_or_none
from registry.admin.doors import door, officer_of
from registry.admin.invitation import InvitationView, no_invitation
from registry.admin.navigation import entries_for
from registry.admin.work import groups_for
from registry.former_password import ChosenPasswordForm
from registry.models import Role
from registry.overseeing import sees_every_court
from registry.reading import sees_statistics

PAGES: tuple[tuple[str, Any, str], ...] = (
    ("decisions/new/", decisions.new_decision, "new_decision"),
    ("decisions/new/remarks/", remarks.on_decision, "remarks_on_decision"),
    ("decisions/<int:decision_id>/", decisions.show_decision, "decision"),
    ("decisions/<int:decision_id>/amend/", decisions.amend_decision, "amend_decision"),
    ("decisions/<int:decision_id>/parties/new/", parties.add_party, "add_party"),
    ("decisions/<int:decision_id>/parties/remarks/", remarks.on_party, "remarks_on_party"),
    ("decisions/<int:decision_id>/circumstances/", circumstances.record_circumstances, "circumstances"),
    ("decisions/<int:decision_id>/submit/", decisions.submit_decision, "submit"),
    ("decisions/<int:decision_id>/no-appeal/", decisions.confirm_no_appeal, "no_appeal"),
    ("decisions/<int:decision_id>/service/", serving.record_service, "service"),
    ("decisions/<int:decision_id>/review/", review.review, "review"),
    ("decisions/<int:decision_id>/review/approve/", review.approve, "approve"),
    ("decisions/<int:decision_id>/review/return/", review.send_back, "send_back"),
    ("decisions/<int:decision_id>/hand-over/", holding.hand_over, "hand_over"),
    ("decisions/<int:decision_id>/assign/", holding.assign, "assign"),
    ("decisions/<int:decision_id>/files/new/", files.attach, "attach_file"),
    ("decisions/<int:decision_id>/files/<uuid:file_id>/", files.show, "file"),
    ("decisions/<int:decision_id>/files/<uuid:file_id>/pages/<int:number>/", files.picture, "file_page"),
    ("decisions/<int:decision_id>/files/<uuid:file_id>/remove/", files.remove, "remove_file"),
    ("decisions/<int:decision_id>/files/<uuid:file_id>/read/", files.read, "read_file"),
    ("decisions/<int:decision_id>/pasted/new/", pasting.paste_parties, "paste_parties"),
    ("pasted/new/", pasting.paste, "paste"),
    ("pasted/<uuid:pasted_id>/", pasting.show, "pasted"),
    ("listings/<str:number>/", listings.show_listing, "listing"),
    ("listings/<str:number>/amend/", parties.amend_party, "amend_party"),
    ("listings/<str:number>/amend/remarks/", remarks.on_draft, "remarks_on_draft"),
    ("listings/<str:number>/acts/<str:act>/", listings.act_on_listing, "act"),
    ("listings/<str:number>/propose/<str:act>/", proposals.propose, "propose"),
    ("listings/<str:number>/unit/", unit_pages.show_unit, "unit"),
    ("listings/<str:number>/unit/changes/new/", unit_pages.propose_change, "unit_change"),
    ("listings/<str:number>/unit/representative/", unit_pages.record_representative, "unit_representative"),
    ("listings/<str:number>/why/", why.why_listing, "why_listing"),
    ("listings/<str:number>/document-number/", revealing.show_number, "number"),
    ("decisions/<int:decision_id>/why/", why.why_decision, "why_decision"),
    ("proposals/<uuid:proposal_id>/", proposals.decide, "proposal"),
    ("find/", finding.find, "find"),
    ("cases/new/", cases.file_case, "file_case"),
    ("cases/feed/", case_feed.feed, "feed_cases"),
    ("cases/feed/template/<str:form>/", case_feed.template, "case_template"),
    ("cases/<int:case_id>/", matters.show_case, "case"),
    ("cases/<int:case_id>/conclude/", cases.conclude_case, "conclude_case"),
    ("cases/<int:case_id>/set-aside/", cases.set_aside, "set_case_aside"),
    ("cases/<int:case_id>/looked-at/", cases.look_at_earlier, "look_at_earlier"),
    ("cases/<int:case_id>/take-back/", cases.take_back, "take_case_back"),
    ("cases/<int:case_id>/strike/propose/", striking.propose, "propose_striking"),
    ("cases/<int:case_id>/strike/", striking.strike, "strike_case"),
    ("cases/<int:case_id>/strike/refuse/", striking.keep, "keep_case"),
    ("imports/", imports.show_imports, "imports"),
    ("imports/new/", imports.new_import, "new_import"),
    ("imports/template.<str:form>", imports.template, "import_template"),
    ("imports/<uuid:import_id>/", imports.show_import, "import"),
    ("imports/<uuid:import_id>/rows/", imports.show_faults, "import_faults"),
    ("imports/<uuid:import_id>/rows.csv", imports.faults_file, "import_faults_file"),
    ("imports/<uuid:import_id>/submit/", imports.submit_import, "submit_import"),
    ("imports/<uuid:import_id>/stop/", imports.stop_import, "stop_import"),
    ("imports/<uuid:import_id>/review/", imports_review.review_import, "review_import"),
    ("sealing/", sealing.show_orders, "sealing"),
    ("sealing/new/", sealing.new_order, "new_sealing_order"),
    ("sealing/open/", sealing.open_sealed, "open_sealed"),
    ("sealing/<uuid:order_id>/", sealing.show_order, "sealing_order"),
    ("codes/", code_lists.show_lists, "code_lists"),
    ("codes/proposals/<uuid:proposal_id>/", code_proposals.decide, "code_proposal"),
    ("codes/calendar_days/notice/", code_lists.enter_notice, "holiday_notice"),
    ("codes/<slug:list_name>/", code_lists.show_list, "code_list"),
    ("codes/<slug:list_name>/new/", code_lists.add_entry, "new_code"),
    ("codes/<slug:list_name>/export/<slug:kind>/", code_lists.export_list, "export_codes"),
    ("codes/<slug:list_name>/entries/<path:code>/change/", code_lists.change_entry, "change_code"),
    ("codes/<slug:list_name>/entries/<path:code>/retire/", code_lists.retire_entry, "retire_code"),
    ("codes/<slug:list_name>/entries/<path:code>/", code_lists.show_entry, "code_entry"),
    ("officers/new/", officers.new_officer, "new_officer"),
    ("officers/mail-address/", officers.mail_address, "mail_address"),
    ("officers/appointments/<uuid:proposal_id>/", officers.decide_appointment, "appointment"),
    ("officers/locked/", accounts.show_locked, "locked_accounts"),
    ("officers/accounts/<int:account_id>/unlock/", accounts.unlock, "unlock"),
    ("officers/<int:officer_id>/", accounts.show_account, "account"),
    ("officers/<int:officer_id>/invite/", accounts.invite, "invite"),
    ("officers/<int:officer_id>/reset-factors/", accounts.reset_factors, "reset_factors"),
    ("officers/<int:officer_id>/end/", leaving.end_appointment, "end_appointment"),
    ("deputies/", deputising.show_deputies, "deputies"),
    ("deputies/new/", deputising.name_deputy, "name_deputy"),
    ("deputies/<uuid:deputyship_id>/end/", deputising.end_deputyship, "end_deputyship"),
)

# Of Django's own pages: they serve forms and links that no table here has.
UNUSED = ("autocomplete", "view_on_site")


class CourtSite(admin.AdminSite):
    site_header = site_title = _("Registry of the High Court")
    index_title = _("My work")
    site_url = None
    enable_nav_sidebar = False
    final_catch_all_view = False

    def has_permission(self, request: HttpRequest) -> bool:
        """Officers only: an account without an appointment has nothing to do here."""
        user = request.user
        return user.is_active and user.is_staff and officer_or_none(request) is not None

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """Our own tables alone: whoever edited a row of accounts, groups or tokens would pass every rule of the desk."""
        if admin_class is not None and issubclass(admin_class, CourtAdmin):
            super().register(model_or_iterable, admin_class, **options)

    def get_urls(self) -> list[URLPattern | URLResolver]:
        desk = [path(route, self.admin_view(door(view)), name=name) for route, view, name in PAGES]
        # Who is invited cannot sign in yet: the one page of the desk that is open to everybody who has a link.
        invited = [
            path("invitation/<uidb64>/<token>/", InvitationView.as_view(), name="invitation"),
            path("invitation/<path:token>", no_invitation, name="no_invitation"),
        ]
        used = (each for each in super().get_urls() if getattr(each, "name", "") not in UNUSED)
        return [*invited, *desk, *used]

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Officers sign in with a second factor (`registry.signing_in`)."""
        if self.has_permission(request):
            return redirect("admin:index")
        query = request.GET.urlencode()
        return redirect(f"{reverse('account_login')}?{query}" if query else reverse("account_login"))

    def password_change(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        """Django's own, with the form that counts guesses at the former one."""
        shown = {**self.each_context(request), **(extra_context or {})}
        change: Any = PasswordChangeView.as_view(
            form_class=ChosenPasswordForm,
            success_url=reverse("admin:password_change_done"),
            template_name=self.password_change_template or PasswordChangeView.template_name,
            extra_context=shown,
        )
        answer: TemplateResponse = change(request)
        return answer

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        officer = officer_of(request)
        groups = groups_for(officer, timezone.now())
        return super().index(request, {**(extra_context or {}), "groups": groups})

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        """``officer``, what the navigation offers, and what else depends on the role."""
        context = super().each_context(request)
        officer = officer_or_none(request)
        navigation = entries_for(officer, request.path) if officer is not None and context["has_permission"] else []
        opens = {
            "enter": officer is not None and officer.role == Role.CLERK,
            "departments": officer is not None and sees_every_court(officer),
            "statistics": officer is not None and sees_statistics(officer),
        }
        return {**context, "officer": officer, "navigation": navigation, "opens": opens}
