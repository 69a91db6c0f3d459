"""What may be cited of a party: article, charge and kind of penalty, as its decision's kind and authority allow.

Entering asks these rules, and so does a correction or a revision: when it is proposed, and when it is decided.
"""

from __future__ import annotations

from registry import codes
from registry.codes import Code
from registry.errors import AuthorityTooLow, PublicSecurityPenalty, UnknownCode
from registry.models import DecisionKind, PersonKind

LEVELS = ("district", "provincial", "national")


def article(value: str, *, kind: str, authority: str) -> str:
    """The article of the offence, of a decision of this kind by this authority ("" for a court).

    UnknownArticle, CodeRetired, PublicSecurityPenalty, UnknownCode: of the other kind of decision; AuthorityTooLow.
    """
    found = codes.require("articles", value, "article")
    if found.sealed:
        raise PublicSecurityPenalty("article")
    if found.extra["kind"] != kind:
        raise UnknownCode("article", value=value, list=DecisionKind(kind).label)
    refuse_too_low("articles", found, authority, "article")
    return found.code


def charge(value: str, *, kind: str) -> str:
    """The charge of a criminal judgment; an administrative penalty has none. UnknownCode, CodeRetired."""
    if kind == DecisionKind.CRIMINAL:
        return codes.require("charges", value, "charge").code
    if value:
        raise UnknownCode("charge", value=value, list=DecisionKind(kind).label)
    return ""


def penalty_kind(value: str, *, kind: str, of: str) -> str:
    """The kind of penalty, on whom (``of``: "natural" or "unit"). UnknownCode, CodeRetired."""
    penalty = codes.require("penalty_kinds", value, "penalty_kind")
    if penalty.extra["decision"] != kind or penalty.extra["kind"] not in (of, "both"):
        raise UnknownCode("penalty_kind", value=value, list=PersonKind(of).label)
    return penalty.code


def refuse_authority(cited: str, authority: str) -> None:
    """Raise `AuthorityTooLow` where a decision becomes another authority's, and what a party of it cites is not for that one."""
    refuse_too_low("articles", codes.known("articles", cited, "article"), authority, "authority")


def refuse_too_low(list_name: str, provision: Code, authority: str, field: str) -> None:
    """Raise `AuthorityTooLow` where only higher authorities apply the provision; one without a level may be any."""
    least, own = str(provision.extra.get("least_level") or ""), _level(authority)
    if least and own and LEVELS.index(own) < LEVELS.index(least):
        named = codes.label_lazy(list_name, provision.code)
        raise AuthorityTooLow(field, provision=named, authority=codes.label_lazy("authorities", authority))


def _level(authority: str) -> str:
    """ "" for a court, for one whose level the list does not say, and for what is no authority, which is refused as such."""
    found = codes.entries("authorities").get(authority)
    return str(found.extra.get("level") or "") if found else ""
