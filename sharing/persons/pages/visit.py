"""What one browser's visit is about: which request it answers, who proved to sit there, and where to go on.

The session holds ids, of the request and of the proof, and the digest of the link that was opened. Names and numbers are in neither it nor an address.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import salted_hmac

from sharing.employers.evidence import Evidence
from sharing.persons.identity import proving
from sharing.persons.identity.proving import Identity

REQUEST, LINK, PROOF, ONWARD = "person_request", "person_link", "person_proof", "person_onward"
ONWARDS = frozenset(
    {
        "person:decide",
        "person:mine",
        *("person:record", "person:told", "person:asked", "person:looked", "person:mails"),
        *("person:objections", "person:new_objection", "person:clearance", "person:passkeys"),
    }
)

View = Callable[..., HttpResponse]
PersonView = Callable[Concatenate[HttpRequest, Identity, ...], HttpResponse]


def person_only(onward: str) -> Callable[[PersonView], View]:
    """The page is for a person who proved who he is; anybody else is led there first, and then to ``onward``."""

    def decorate(view: PersonView) -> View:
        @wraps(view)
        def opened(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
            identity = of(request)
            if identity is None:
                request.session[ONWARD] = onward
                return redirect("person:identity")
            return view(request, identity, *args, **kwargs)

        return opened

    return decorate


def of(request: HttpRequest) -> Identity | None:
    """Who proved to sit at this browser."""
    return proving.proven(request.session.get(PROOF, ""), now=timezone.now())


def evidence(request: HttpRequest) -> Evidence:
    """How it was proved who sits at this browser. Raises `IdentityNotProved`."""
    return proving.evidence(request.session.get(PROOF, ""), now=timezone.now())


def mark(request: HttpRequest) -> str:
    """Of the proof by which somebody sits here, for a form that counts for him alone: it names nobody and opens nothing."""
    return salted_hmac("persons: a form", request.session.get(PROOF, ""), algorithm="sha256").hexdigest()


def begin(request: HttpRequest, proof: UUID) -> HttpResponse:
    """Somebody proved who he is, and ``proof`` was kept: from now on this visit is his, under a new session key."""
    end(request)
    request.session.cycle_key()
    request.session[PROOF] = str(proof)
    return redirect(onward(request))


def end(request: HttpRequest) -> None:
    proving.forget(request.session.pop(PROOF, ""))


def close(request: HttpRequest) -> None:
    """The request is answered, or is no concern of this browser any more."""
    request.session.pop(REQUEST, None)
    request.session.pop(LINK, None)


def onward(request: HttpRequest) -> str:
    """To where the proof was wanted."""
    wanted = request.session.pop(ONWARD, "")
    if wanted not in ONWARDS:
        wanted = "person:decide" if request.session.get(REQUEST) else "person:record"
    return reverse(wanted)
