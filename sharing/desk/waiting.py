"""What waits for an officer beside the book on the page *My work*, put there by the template."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import NamedTuple

from django import template
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from registry.admin.facts import spoken_day
from registry.admin.groups import SHOWN, Group, Item, apart, first_of, first_of_each
from registry.errors import Text
from registry.lifecycle import is_high_court_registrar
from registry.models import Officer
from sharing.departments import proposals
from sharing.departments.models import SharingProposal
from sharing.desk import audit, consents, objections, releases
from sharing.desk.spoken import title_of
from sharing.employers import registrations
from sharing.employers.campaigns import allowances
from sharing.persons.models import Objection
from sharing.persons.objections.spoken import due_words, part_label, state_label
from sharing.recalls import recipients

register = template.Library()


class Waiting(NamedTuple):
    """``rest``: where those are that the group has no room for, and how that is said."""

    group: Group
    rest: str
    rest_words: Text


@register.simple_tag
def sharing_work(officer: Officer | None) -> list[Waiting]:
    """The groups that hold something, and those that could not be loaded."""
    if officer is None:
        return []
    sources = (*(_OF_THE_HIGH_COURT if is_high_court_registrar(officer) else ()), *_OF_ANYBODY)
    return [
        Waiting(group, reverse(route), words)
        for title, find, route, words in sources
        for group in apart(title, partial(find, officer))
        if group.is_shown
    ]


def _proposals(officer: Officer) -> list[Group]:
    waiting = proposals.waiting()
    others, own = first_of_each(waiting.exclude(proposed_by=officer), waiting.filter(proposed_by=officer))
    return [
        _group(_("Proposals about sharing waiting for me"), *others),
        _group(_("My proposals about sharing, waiting for another registrar"), *own),
    ]


def _consents(officer: Officer) -> list[Group]:
    """Forms that employers showed, and questions on the applicant's own code, that nobody judged yet."""
    found, count = first_of(consents.to_be_judged())
    items = [
        Item(
            reverse("sharing_desk:consent", args=[each.pk]),
            each.pk,
            [each.screening.employer.spoken_name, _("by %(day)s") % {"day": spoken_day(consents.judge_by(each))}],
            consents.waits_since(each),
        )
        for each in found
    ]
    return [Group(_("Consents waiting for me"), items, count)]


def _registrations(officer: Officer) -> list[Group]:
    """Organisations that ask to be admitted and wait for the court."""
    found, count = first_of(registrations.waiting())
    items = [
        Item(
            reverse("sharing_desk:registration", args=[each.pk]),
            each.pk,
            [each.name, _("by %(day)s") % {"day": spoken_day(registrations.decide_by(each))}],
            each.waiting_since or each.sent_at,
        )
        for each in found
    ]
    return [Group(_("Registrations waiting for me"), items, count)]


def _allowances(officer: Officer) -> list[Group]:
    """Employers that want more questions for a campaign than those of a day."""
    found, count = first_of(allowances.waiting())
    items = [
        Item(
            reverse("sharing_desk:allowance", args=[each.pk]),
            each.pk,
            [each.campaign.employer.spoken_name, str(each.wanted)],
            each.asked_at,
        )
        for each in found
    ]
    return [Group(_("Questions for campaigns waiting for me"), items, count)]


def _recalls(officer: Officer) -> list[Group]:
    """Recipients that do not confirm and of whom this officer is in charge; of whom nobody is, every registrar's."""
    found = recipients.owing(now=timezone.now())
    mine = [each for each in found if each.officer == officer or (each.needs_somebody and each.officer is None)]
    items = [
        Item(
            reverse("sharing_desk:recalls_of", args=[each.organisation.code]),
            each.organisation.spoken_name,
            [_("%(count)s open, %(overdue)s overdue") % {"count": each.open, "overdue": each.overdue}],
            each.since,
        )
        for each in mine[:SHOWN]
    ]
    return [Group(_("Recipients that do not confirm, in my charge"), items, len(mine))]


def _objections(officer: Officer) -> list[Group]:
    """Objections whose next step this officer may take, by days left; those looked at within hours by themselves."""
    found = objections.waiting_for(officer)
    urgent = [each for each in found if objections.is_urgent(each)]
    others = [each for each in found if not objections.is_urgent(each)]
    return [
        Group(_("Somebody says that he is not the one listed"), _items(urgent), len(urgent), urgent=True),
        Group(_("Objections waiting for me"), _items(others), len(others)),
    ]


def _items(found: Sequence[Objection]) -> list[Item]:
    now = timezone.now()
    return [
        Item(
            reverse("sharing_desk:objection", args=[each.number]),
            each.number,
            [part_label(each) if each.part else each.get_kind_display(), state_label(each), due_words(each, now)],
            each.raised_at,
        )
        for each in found[:SHOWN]
    ]


def _releases(officer: Officer) -> list[Group]:
    """Of registrars, the release to decide; of statisticians, what became of theirs and how old the last one is."""
    now = timezone.now()
    if is_high_court_registrar(officer):
        found = list(releases.to_be_decided(officer))
        return [Group(_("Statistics to be released"), [releases.item(each) for each in found], len(found))]
    if releases.proposes(officer):
        items = releases.standing(now=now)
        return [Group(_("Statistics"), items, len(items))]
    return []


def _group(title: Text, rows: Sequence[SharingProposal], count: int) -> Group:
    items = [
        Item(
            reverse("sharing_desk:proposal", args=[row.pk]),
            title_of(row),
            [row.department.organisation.spoken_name, str(row.proposed_by)],
            row.proposed_at,
        )
        for row in rows
    ]
    return Group(title, items, count)


Find = Callable[[Officer], list[Group]]
_Source = tuple[Text, Find, str, Text]
_OF_THE_HIGH_COURT: tuple[_Source, ...] = (
    (
        gettext_lazy("Proposals about sharing waiting for me"),
        _proposals,
        "sharing_desk:departments",
        gettext_lazy("The others are on the departments’ pages."),
    ),
    (
        gettext_lazy("Consents waiting for me"),
        _consents,
        "sharing_desk:consents",
        gettext_lazy("The others are in the list of consents."),
    ),
    (
        gettext_lazy("Registrations waiting for me"),
        _registrations,
        "sharing_desk:registrations",
        gettext_lazy("The others are in the list of registrations."),
    ),
    (
        gettext_lazy("Questions for campaigns waiting for me"),
        _allowances,
        "sharing_desk:allowances",
        gettext_lazy("The others are in the list of questions for campaigns."),
    ),
    (
        gettext_lazy("Recipients that do not confirm, in my charge"),
        _recalls,
        "sharing_desk:recalls",
        gettext_lazy("The others are in the list of open recalls."),
    ),
)
_OF_ANYBODY: tuple[_Source, ...] = (
    (
        gettext_lazy("Checks that need a look"),
        audit.waiting,
        "sharing_desk:audit",
        gettext_lazy("The others are on the page of all checks."),
    ),
    (
        gettext_lazy("Statistics"),
        _releases,
        "sharing_desk:statistics",
        gettext_lazy("The others are in the list of releases."),
    ),
    (
        gettext_lazy("Objections waiting for me"),
        _objections,
        "sharing_desk:objections",
        gettext_lazy("The others are in the list of objections."),
    ),
)
