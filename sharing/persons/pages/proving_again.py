"""A proof of identity that ends while somebody writes: what was typed waits in a page, which goes on with it once its reader has
proved again who he is, in another tab. Files that were chosen are chosen again.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import wraps

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_variables

from sharing.persons.identity.proving import MINUTES
from sharing.persons.pages import visit
from sharing.persons.pages.visit import PersonView, View

AGAIN = "again"  # what was typed before comes back, to be looked at and sent
OF_THE_PAGE = frozenset({"csrfmiddlewaretoken", AGAIN})


@sensitive_variables()
def waiting(
    request: HttpRequest, *, left_out: Iterable[str] = (), files: bool, added: tuple[tuple[str, str], ...] = ()
) -> HttpResponse:
    """The page in which it waits. ``left_out``: fields that do not go on, and ``added``: further ones that do; ``files``: some may have
    been chosen.
    """
    request.session[visit.ONWARD] = "person:objections"
    out = OF_THE_PAGE.union(left_out)
    carried = [(name, value) for name, values in request.POST.lists() if name not in out for value in values]
    shown = {"carried": [*carried, *added], "address": request.path, "files": files, "minutes": MINUTES}
    return render(request, "persons/proof_again.html", shown, status=403)


def person_who_writes(view: PersonView) -> View:
    """As `visit.person_only`, of a page with one form. It is shown again with what was typed, and not sent: whoever goes on
    looks at it first, and chooses files again.
    """

    @wraps(view)
    def opened(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        identity = visit.of(request)
        if identity is not None:
            return view(request, identity, *args, **kwargs)
        if request.method == "POST" and _is_typed(request):
            return waiting(request, files=bool(request.FILES), added=((AGAIN, "1"),))
        request.session[visit.ONWARD] = "person:objections"
        return redirect("person:identity")

    return opened


def _is_typed(request: HttpRequest) -> bool:
    """There is something to be lost."""
    said = (value for name, values in request.POST.lists() if name not in OF_THE_PAGE for value in values)
    return bool(request.FILES) or any(value.strip() for value in said)
