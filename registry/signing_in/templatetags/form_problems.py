"""What is wrong with a form that a library's view gives to a template."""

from __future__ import annotations

from django import forms, template

from registry.form_problems import Problem, problems_of

register = template.Library()


@register.filter
def problems(form: forms.Form | None) -> list[Problem]:
    return list(problems_of(form)) if isinstance(form, forms.Form) else []
