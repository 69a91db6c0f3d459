"""What an experiment has: the scene it is tried in, and what was answered, in both languages and without persons."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from config.demo.playbill import Playbill
from registry.errors import Refusal, Text
from registry.models import Listing, Officer, State

Words = dict[str, str]  # by language

NOT_SET_UP = _("The demonstration is still being set up. Try again in a few seconds.")
NOTHING_IN_FORCE = _("No listing is in force yet, so there is nothing to try it on.")
ACCEPTED = _("It was accepted. That must not be: it was taken back, and this is a fault of the product.")
NOTHING_TRIED = _("Nothing was tried")


@dataclass(frozen=True)
class Scene:
    """``address``: where this server answers; ``choice``: what the visitor chose, "off finance" for example."""

    playbill: Playbill
    address: str = ""
    language: str = settings.LANGUAGE_CODE
    choice: str = ""

    def officer(self, role: str) -> Officer:
        """Raises NotNow while the stage has not said who is who."""
        account = self.playbill.accounts.get(role)
        officer = Officer.objects.select_related("court", "account").filter(account=account).first()
        if account is None or officer is None:
            raise NotNow(NOT_SET_UP)
        return officer


@dataclass(frozen=True)
class Outcome:
    """One answer. ``code`` and ``quote`` are shown as they came, ``event`` is one whose arrivals can be followed.

    ``held`` says that the product withstood; ``deed`` marks what was done to it, which it need not withstand;
    ``tried`` is False where the experiment could not be made.
    """

    title: Words
    code: str = ""
    text: Words = field(default_factory=dict)
    held: bool = True
    quote: str = ""
    event: str = ""
    tried: bool = True
    deed: bool = False

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


Run = Callable[[Scene], Sequence[Outcome]]


class NotNow(Exception):
    """The experiment cannot be made at this moment; the text says why."""

    def __init__(self, text: Text, **facts: object) -> None:
        super().__init__()
        self.words = words(text, **facts)


def words(text: Text, **facts: object) -> Words:
    """The text in each language, so that a result stays readable when the visitor switches; so may a fact be."""
    said = {}
    for language, _name in settings.LANGUAGES:
        here = {name: fact[language] if isinstance(fact, dict) else fact for name, fact in facts.items()}
        with override(language):
            said[language] = str(text) % here if here else str(text)
    return said


def refusal_words(refusal: Refusal) -> Words:
    said = {}
    for language, _name in settings.LANGUAGES:
        with override(language):
            said[language] = refusal.text
    return said


def not_tried(why: Words) -> Outcome:
    return Outcome(words(NOTHING_TRIED), text=why, held=False, tried=False)


def refusal_of(title: Text, expected: type[Refusal], attempt: Callable[[], object]) -> Outcome:
    """Make the attempt; the refusal it meets in its own words, or that it met none."""
    try:
        with transaction.atomic():
            attempt()
    except Refusal as refusal:
        return Outcome(words(title), refusal.code, refusal_words(refusal), held=isinstance(refusal, expected))
    return Outcome(words(title), text=words(ACCEPTED), held=False)


@contextmanager
def taken_back() -> Iterator[None]:
    """A transaction that ends in rollback, whatever happened inside."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def listing_in_force(officer: Officer) -> Listing:
    """The oldest listing in force of the officer's court on which nobody waits to decide. Raises NotNow."""
    found = Listing.objects.filter(court=officer.court, state=State.ACTIVE).exclude(proposals__outcome="pending")
    listing = found.exclude(ends_on=None).order_by("pk").first()
    if listing is None:
        raise NotNow(NOTHING_IN_FORCE)
    return listing
