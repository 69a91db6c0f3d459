"""What the page of a release is made of, and how its files are handed out: to everybody, and before that at the desk."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.urls import reverse

from registry.addresses import absolute
from registry.statistics.bases import BASES
from registry.statistics.shapes import UNITS, Words
from sharing.statistics import prose, releasing, shown
from sharing.statistics.content import METHOD
from sharing.statistics.models import Release, ReleaseOutcome
from sharing.statistics.shown import AddressOf, language_now
from sharing.statistics.spoken import say

# A picture or table that is opened by itself runs nothing and asks for nothing.
FILE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; sandbox"
SHOWN_INLINE = ("image/svg+xml", "image/png")

# The same as in docs/statistics.md, where a test runs it.
SNIPPET = """import hashlib, json, pathlib
import jwt
from jwt.algorithms import OKPAlgorithm

judge = jwt.PyJWS(algorithms=[])
judge.register_algorithm("Ed25519", OKPAlgorithm())
keys = {key["kid"]: OKPAlgorithm.from_jwk(json.dumps(key)) for key in json.load(open("jwks.json"))["keys"]}
token = open("statistics-2026-1-signature.jws").read()
header = judge.get_unverified_header(token)
assert header["typ"] == "statistics-release+jwt"
signed = json.loads(judge.decode(token, keys[header["kid"]], algorithms=["Ed25519"]))
for name, sha256 in signed["files"].items():
    file = pathlib.Path(f"statistics-{signed['sub']}-{name}")
    if file.exists():
        assert hashlib.sha256(file.read_bytes()).hexdigest() == sha256, name
        print(name, "as released")
"""


def release_context(release: Release, address_of: AddressOf) -> dict[str, Any]:
    """For ``public/release.html``, in the reader's language."""
    page = shown.page_of(release, address_of)
    every = list(releasing.released().defer("content", "counts_sealed").select_related("corrects"))
    corrected_by = next((each for each in reversed(every) if each.corrects_id == release.pk), None)
    return {
        "page": page,
        "release": release,
        "is_public": release.outcome == ReleaseOutcome.RELEASED,
        "is_newest": bool(every) and every[-1].pk == release.pk,
        "corrected_by": corrected_by,
        "corrected_why": corrected_by and say(corrected_by.why, language_now()),
        "why": say(release.why, language_now()),
        "releases": [listed(each, every) for each in reversed(every)],
        **method_context(smallest=page.smallest, method=page.method),
    }


def listed(release: Release, every: list[Release]) -> dict[str, Any]:
    """One line of the list of releases."""
    corrected_by = next((each for each in every if each.corrects_id == release.pk), None)
    title = say(release.title, language_now())
    return {"release": release, "title": title, "corrects": release.corrects, "corrected_by": corrected_by}


def method_context(*, smallest: int | None = None, method: int = METHOD) -> dict[str, Any]:
    """How it is counted and protected, in the words of the printed report."""
    least = settings.SHARING_SMALLEST_IN_RELEASE if smallest is None else smallest
    facts = {"smallest": least, "method": method, "keys": absolute(reverse("keys"))}
    return {
        "how_to_read": [(_said(head, facts), _said(words, facts)) for head, words in prose.HOW_TO_READ],
        "method": [_said(words, facts) for words in prose.METHOD],
        "corrections": _said(prose.CORRECTIONS, facts),
        "snippet": SNIPPET,
        "keys": reverse("keys"),
    }


def dictionary() -> list[dict[str, str]]:
    """The bases as they are counted today."""
    language = language_now()
    return [
        {
            "name": each.name,
            "words": say(each.words, language),
            "unit": say(UNITS[each.unit], language),
            "definition": say(each.definition, language),
        }
        for each in BASES
    ]


def file_response(release: Release, name: str) -> HttpResponse | None:
    """The file as it was made. None: there is none."""
    found = shown.bytes_of(release, name)
    if found is None:
        return None
    content, content_type = found
    way = "inline" if content_type in SHOWN_INLINE else "attachment"
    headers = {
        "Content-Disposition": f'{way}; filename="statistics-{release.number}-{name}"',
        "Content-Security-Policy": FILE_POLICY,
        "X-Content-Type-Options": "nosniff",
    }
    return HttpResponse(content, content_type=content_type, headers=headers)


def _said(words: Words, facts: Mapping[str, object]) -> str:
    return say(words, language_now()).format(**facts)
