"""What each code list is called: on the pages, and in whatever is refused because of it. Nobody outside knows its name in the code."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from registry.errors import Text

TITLES: Mapping[str, Text] = {
    "articles": _("Articles of the offence"),
    "charges": _("Charges"),
    "prohibition_bases": _("Bases of employment prohibitions"),
    "penalty_kinds": _("Kinds of penalty"),
    "penalty_measures": _("Administrative measures"),
    "authorities": _("Authorities"),
    "courts": _("Courts"),
    "case_kinds": _("Kinds of case"),
    "case_outcomes": _("Outcomes of cases"),
    "instances": _("Instances"),
    "facts": _("Facts found"),
    "data_kinds": _("Kinds of personal data"),
    "data_tiers": _("Tiers of sensitivity"),
    "channels": _("Channels"),
    "payments": _("Means of payment"),
    "evasions": _("Means of evasion"),
    "associated_offences": _("Associated offences"),
    "sectors": _("Sectors"),
    "occupations": _("Occupations"),
    "industries": _("Industries"),
    "education": _("Education"),
    "unit_roles": _("Roles in a unit's offence"),
    "not_entered_reasons": _("Why a case is not entered"),
    "document_types": _("Types of identity document"),
    "areas": _("Areas of identity numbers"),
    "calendar_days": _("Holidays and make-up days"),
    "vocabulary": _("Vocabulary"),
}


def title(list_name: str) -> Text:
    """In the reader's language. A further list of the operator's has no other name than its file."""
    return TITLES.get(list_name, list_name)
