"""Where an entry of a code list is used: in how many listings, and by what it is needed further."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from django.conf import settings
from django.db.models import Count, F, Func, IntegerField, Q
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from registry import codes
from registry.codes.members import OfList
from registry.codes.shapes import CALENDAR, SHAPES
from registry.errors import Text
from registry.models import Court, Listing, Officer

_ONE: Mapping[str, tuple[str, ...]] = {
    "articles": ("party__article",),
    "charges": ("party__charge",),
    "penalty_kinds": ("party__penalty_kind",),
    "industries": ("party__industry",),
    "education": ("party__education",),
    "unit_roles": ("party__unit_role",),
    "occupations": ("party__occupation",),
    "prohibition_bases": ("party__prohibitions__basis",),
    "authorities": ("party__decision__authority",),
    "instances": ("party__decision__instance",),
    "case_outcomes": ("party__decision__case__outcome",),
    "data_kinds": ("party__decision__data__kind",),
    "document_types": ("party__person__documents__type",),
    "courts": ("court__code",),
}
_MANY: Mapping[str, str] = {
    "penalty_measures": "party__penalty_measures",
    "occupations": "party__prohibitions__occupations",
    "facts": "party__decision__facts",
    "channels": "party__decision__channels",
    "payments": "party__decision__payments",
    "evasions": "party__decision__evasions",
    "associated_offences": "party__decision__associated_offences",
}


def uses(list_name: str) -> dict[str, int]:
    """Code → in how many listings it stands; absent where in none. What is sealed is not counted."""
    counts = _named(list_name)
    if list_name == "occupations":
        for code, twice in _both().items():
            counts[code] -= twice
    return counts


def used(list_name: str, code: str) -> int:
    """In how many listings it stands. What is sealed is not counted."""
    stands = _stands(list_name, code)
    return Listing.objects.filter(stands).values("pk").distinct().count() if stands else 0


def is_used(list_name: str, code: str) -> bool:
    """Whether anything that was entered would mean something else if the entry did: what is sealed, too."""
    if list_name == "courts":
        return Court.objects.filter(code=code).exists()
    if list_name == "case_kinds":
        return Listing.including_sealed.filter(party__decision__number__contains=code).exists()
    stands = _stands(list_name, code)
    return bool(stands) and Listing.including_sealed.filter(stands).exists()


def needs(list_name: str, code: str) -> list[Text]:
    """What goes on needing the entry when it is retired, in words: other lists, settings, measures, purposes."""
    found = [*_lists(list_name, code), *_settings(list_name, code), *_of_the_court(list_name, code)]
    for dotted in settings.REGISTRY_CODE_NEEDS:
        ask: Callable[[str, str], list[Text]] = import_string(dotted)
        found += ask(list_name, code)
    return found


def _named(list_name: str) -> dict[str, int]:
    counts: dict[str, int] = {}
    paths = [F(path) for path in _ONE.get(list_name, ())]
    many = [Func(F(path), function="unnest") for path in (_MANY.get(list_name),) if path]
    for each in (*paths, *many):
        rows = Listing.objects.annotate(named=each).values_list("named").order_by()
        for code, count in rows.annotate(count=Count("pk", distinct=True)):
            if code:
                counts[code] = counts.get(code, 0) + count
    return counts


def _both() -> dict[str, int]:
    """Occupation → in how many listings it is what somebody did and what he may not do: each of these names it twice."""
    did, may_not = F(_ONE["occupations"][0]), F(_MANY["occupations"])
    place = Func(may_not, did, function="array_position", output_field=IntegerField())
    rows = Listing.objects.annotate(place=place).filter(place__isnull=False).order_by()
    return dict(rows.values_list("party__occupation").annotate(Count("pk", distinct=True)))


def _stands(list_name: str, code: str) -> Q:
    found = Q()
    for path in _ONE.get(list_name, ()):
        found |= Q(**{path: code})
    if list_name in _MANY:
        found |= Q(**{f"{_MANY[list_name]}__contains": [code]})
    return found


def _lists(list_name: str, code: str) -> Iterator[Text]:
    for other, shape in SHAPES.items():
        for member in shape.members:
            if isinstance(member, OfList) and member.list_name == list_name:
                names = [row.label for row in codes.offered(other).values() if row.extra.get(member.name) == code]
                if names:
                    yield _("“%(list)s” names it: %(names)s.") % {"list": shape.label, "names": _few(names)}


def _settings(list_name: str, code: str) -> Iterator[Text]:
    named = {
        "penalty_kinds": {"SHARING_REPAIR_MONTHS_BY_PENALTY": settings.SHARING_REPAIR_MONTHS_BY_PENALTY},
        "document_types": {
            "SHARING_IDENTITY_OIDC_DOCUMENT_TYPES": settings.SHARING_IDENTITY_OIDC_DOCUMENT_TYPES.values()
        },
    }
    for name, values in named.get(list_name, {}).items():
        if code in values:
            yield _("The setting %(name)s names it.") % {"name": name}


def _of_the_court(list_name: str, code: str) -> Iterator[Text]:
    if list_name == "courts" and (count := Officer.objects.filter(court__code=code).count()):
        yield _("Officers who are appointed to it: %(count)s. They stay, and nobody is added.") % {"count": count}
    if list_name == CALENDAR:
        yield _("Where it is not in the list, the installed calendar and the court's settings say what day it is.")


def _few(names: list[str], shown: int = 5) -> str:
    return ", ".join(names[:shown]) + (" …" if len(names) > shown else "")
