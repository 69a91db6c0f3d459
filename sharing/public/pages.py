"""The public pages. They say how the register works and never who is in it."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import get_language
from django.views.generic import TemplateView

from registry import codes
from registry.addresses import across
from registry.terms.rules import rules_from_settings
from sharing.disclosure import Audience
from sharing.public import reading


class LandingView(TemplateView):
    template_name = "public/landing.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"doors": self.doors()}

    def doors(self) -> dict[str, str]:
        """Where each audience goes on."""
        help_page = reverse("public:help")
        return {
            "court": across(reverse("admin:index")),
            "department": reverse("department:overview"),
            "employer": f"{help_page}#employers",
            "person": f"{help_page}#wrongly-listed",
        }


class WhoMayReadView(TemplateView):
    """The table of `sharing.disclosure`, rendered from it."""

    template_name = "public/who_may_read.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        table = {"audiences": list(Audience), "groups": reading.groups(), "legend": reading.legend()}
        numbers = {"informed_with_numbers": settings.SHARING_INFORMATION_ONLY_IDENTITY}
        return super().get_context_data(**kwargs) | table | numbers


class VocabularyView(TemplateView):
    """The glossary in the page's language, with the other language's word beside it."""

    template_name = "public/vocabulary.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        terms = codes.entries("vocabulary").values()
        english = get_language() == "en"
        return super().get_context_data(**kwargs) | {"terms": [_term(each, english=english) for each in terms]}


class HelpView(TemplateView):
    template_name = "public/help.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        contact = {
            "office": settings.REGISTRY_CONTACT_OFFICE,
            "address": settings.REGISTRY_CONTACT_ADDRESS,
            "phone": settings.REGISTRY_CONTACT_PHONE,
            "email": settings.REGISTRY_CONTACT_EMAIL,
            "hours": settings.REGISTRY_CONTACT_HOURS,
        }
        clocks = rules_from_settings().clocks
        days = {
            "decided": clocks["objection_decided"].number,
            "carried_out": clocks["objection_carried_out"].number,
            "higher_court": clocks["higher_court_asked"].number,
        }
        return super().get_context_data(**kwargs) | {"contact": contact, "days": days}


def _term(code: codes.Code, *, english: bool) -> dict[str, str]:
    return {
        "key": code.code,
        "word": code.en if english else code.zh,
        "other": code.zh if english else code.en,
        "meaning": codes.spoken(code.extra["means"]),
    }
