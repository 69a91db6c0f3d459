"""What an organisation's members did in its portal, for those of it who answer for that: sought, turned through, as a file."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.utils import timezone
from django.utils.timezone import localtime
from django.utils.translation import get_language, gettext_lazy, override
from django.utils.translation import gettext as _

from registry import spreadsheets
from registry.errors import Text
from registry.spreadsheets import Row
from sharing.parties import members
from sharing.parties.frame import Portal
from sharing.parties.member_acts import ON_MEMBERS, MemberActKind
from sharing.parties.models import Member, MemberAct, Organisation
from sharing.tables import Cell, Table, moment

HERE = "people"
PAGE = 50
CHUNK = 500


class ActsForm(forms.Form):
    field_order = ("who", "act", "about")
    about = forms.CharField(label=gettext_lazy("about which id"), required=False, max_length=64)

    def __init__(self, data: Any, *, organisation: Organisation) -> None:
        super().__init__(data)
        self._of = MemberAct.objects.filter(member__organisation=organisation)
        noted = self._of.values_list("act", flat=True).distinct()
        self.fields["who"] = _choice(_("member"), _names(organisation))
        self.fields["act"] = _choice(_("what was done"), {each: str(_word(each)) for each in noted})
        self.order_fields(self.field_order)

    def sought(self) -> QuerySet[MemberAct]:
        """The newest first; what cannot be read is not sought."""
        chosen = self.cleaned_data if self.is_valid() else {}
        columns = {"who": "member", "act": "act", "about": "about"}
        wanted = {columns[name]: value for name, value in chosen.items() if value}
        return self._of.filter(**wanted).select_related("member__account").order_by("-at", "pk")

    @property
    def query(self) -> str:
        return urlencode({name: self.data[name] for name in self.fields if self.data.get(name)})


def acts(request: HttpRequest, member: Member, portal: Portal) -> HttpResponse:
    form = ActsForm(request.GET, organisation=member.organisation)
    found = Paginator(form.sought(), PAGE).get_page(request.GET.get("page"))
    table = _table(list(found), _names(member.organisation))
    return portal.page(request, member, "portal/acts", here=HERE, form=form, found=found, table=table)


def export(request: HttpRequest, member: Member, portal: Portal) -> StreamingHttpResponse:
    """The same as CSV, with the filter of the page; that it was taken is an act itself."""
    form = ActsForm(request.GET, organisation=member.organisation)
    members.note(member, MemberActKind.EXPORT_ACTS, member.organisation.code, now=timezone.now())
    heads = [_("When"), _("Member"), _("User name"), _("What"), _("About")]
    headers = {"Content-Disposition": f'attachment; filename="acts-{timezone.localdate().isoformat()}.csv"'}
    rows = _lines(get_language() or "", form.sought(), _names(member.organisation))
    file = spreadsheets.unsealed_csv_file(heads, rows)
    return StreamingHttpResponse(file, content_type="text/csv; charset=utf-8", headers=headers)


def _choice(label: str, words: dict[str, str]) -> forms.ChoiceField:
    offered = sorted(words.items(), key=lambda each: each[1])
    return forms.ChoiceField(label=label, required=False, choices=[("", _("all")), *offered])


def _table(found: list[MemberAct], names: dict[str, str]) -> Table:
    rows = [
        (moment(each.at), Cell(each.member.name), _word(each.act), Cell(_about(each, names), lang=_language(each)))
        for each in found
    ]
    columns = (_("When"), _("Member"), _("What"), _("About"))
    return Table(
        _("Acts of members, the newest first"), columns, rows, empty=_("Nothing is on record for this search.")
    )


def _lines(language: str, found: QuerySet[MemberAct], names: dict[str, str]) -> Iterator[Row]:
    """In chunks: years of acts do not wait in memory, nor the database for a slow reader. ``language``: of the reader, which
    a response that is sent in pieces no longer has.
    """
    rest = found
    while acts := list(rest[:CHUNK]):
        with override(language):
            lines = [_line(each, names) for each in acts]
        yield from lines
        last = acts[-1]
        rest = found.filter(at__lte=last.at).exclude(at=last.at, pk__lte=last.pk)


def _line(each: MemberAct, names: dict[str, str]) -> Row:
    at = localtime(each.at).isoformat(timespec="seconds")
    return [at, each.member.name, each.member.account.username, str(_word(each.act)), _about(each, names)]


def _word(act: str) -> Text:
    return MemberActKind(act).label if act in MemberActKind else act


def _names(organisation: Organisation) -> dict[str, str]:
    return {str(each.pk): each.name for each in Member.objects.filter(organisation=organisation)}


def _about(each: MemberAct, names: dict[str, str]) -> str:
    """A member is known by name, everything else by the id that its own page shows."""
    return names.get(each.about, each.about) if each.act in ON_MEMBERS else each.about


def _language(each: MemberAct) -> str:
    return "" if each.act in ON_MEMBERS else "en"
