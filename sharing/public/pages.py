"""The public pages. They say how the register works and never who is in it."""

from __future__ import annotations

from django.views.generic import TemplateView


class LandingView(TemplateView):
    template_name = "public/landing.html"


class WhoMayReadView(TemplateView):
    template_name = "public/who_may_read.html"


class VocabularyView(TemplateView):
    template_name = "public/vocabulary.html"


class HelpView(TemplateView):
    template_name = "public/help.html"
