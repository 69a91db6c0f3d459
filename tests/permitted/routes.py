"""Every route that the resolver has."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import URLPattern, URLResolver, get_resolver


@dataclass(frozen=True)
class Route:
    """``name``: as in ``resolver_match.view_name``; ``params``: what its address names."""

    name: str
    params: tuple[str, ...]


def every_route(urlconf: str | None = None) -> list[Route]:
    return list(_walk(get_resolver(urlconf).url_patterns, (), ()))


def _walk(patterns: list[URLPattern | URLResolver], rooms: tuple[str, ...], above: tuple[str, ...]) -> Iterator[Route]:
    for each in patterns:
        params = (*above, *each.pattern.regex.groupindex)
        if isinstance(each, URLPattern):
            yield Route(":".join([*rooms, each.name or each.lookup_str]), params)
        else:
            yield from _walk(each.url_patterns, (*rooms, *([each.namespace] if each.namespace else ())), params)
