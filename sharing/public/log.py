"""The log, for anybody: its signed checkpoint, its tiles and entries (C2SP tlog-tiles), and a page that says how to check.

It says nothing of a person: an entry is a commitment that only whoever was told can open. Each epoch's log is read at its
own address, and one that was closed by a restore says so, so that nobody goes on with it unknowing.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import lru_cache, wraps
from typing import Any

from django.db import Error
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe
from django.views.generic import TemplateView

from registry.absence import database_is_away
from registry.addresses import absolute
from registry.checkpoints import origin, proving, signing, stored
from registry.errors import EpochClosed, NoCheckpointYet, NotReady, Refusal, TileUnknown
from registry.models import Checkpoint, LogEpoch, LogHead
from registry.tree.tiles import Tile, TileMalformed
from sharing.problems import refused
from sharing.witnesses import publishing
from sharing.witnesses.shown import checkpoint_rows, witness_table

FOR_EVER = "public, max-age=31536000, immutable"
FOR_NOW = "public, max-age=1"
TILES_KEPT = 1024  # of 8 KiB each, in each process

View = Callable[..., HttpResponse]


def problems(view: View) -> View:
    @require_safe
    @wraps(view)
    def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            response = view(request, *args, **kwargs)
        except Refusal as refusal:
            response = _uncached(refusal)
        except Error as error:
            if not database_is_away(error):
                raise
            response = _uncached(NotReady())
        response["Access-Control-Allow-Origin"] = "*"
        response["Cross-Origin-Resource-Policy"] = "cross-origin"
        return response

    return answered


@problems
def checkpoint(request: HttpRequest, epoch: str = "") -> HttpResponse:
    _refuse_closed(_number(epoch))
    published = publishing.newest()
    if published is None:
        raise NoCheckpointYet
    response = HttpResponse(published.note, content_type="text/plain; charset=utf-8")
    response["Cache-Control"] = FOR_NOW
    return response


@problems
def tile(request: HttpRequest, address: str, epoch: str = "") -> HttpResponse:
    number = _number(epoch)
    _goes_on(number, int(time.monotonic()))
    try:
        wanted = Tile.parse(address)
    except TileMalformed:
        raise TileUnknown("address", size=_size(number)) from None
    content = _complete(wanted, number) if wanted.is_complete else _tile(wanted, number)
    response = HttpResponse(content, content_type="application/octet-stream")
    response["Cache-Control"] = FOR_EVER
    return response


class LogView(TemplateView):
    """What the log is, where it stands, and how it is checked."""

    template_name = "public/log.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        head = LogHead.objects.get()
        newest = signing.latest(head.epoch)
        return super().get_context_data(**kwargs) | {
            "newest": newest,
            "rows": checkpoint_rows(newest) if newest else [],
            "witnesses": witness_table(publishing.standing(newest)) if newest else None,
            "halted": bool(head.halted),
            "prefix": prefix(head.epoch),
            "keys": [key.vkey for key in origin.keys(head.epoch)],
            "epochs": list(LogEpoch.objects.order_by("-number")),
        }


def _uncached(refusal: Refusal) -> HttpResponse:
    response = refused(refusal)
    response["Cache-Control"] = "no-store"
    return response


def prefix(epoch: int) -> str:
    """Where the log of this epoch is read, with scheme and host."""
    page = reverse("public:log")
    return absolute(page) + (f"{epoch}/" if epoch > 1 else "")


@lru_cache(maxsize=1)
def _goes_on(epoch: int, _second: int) -> None:
    """Asked once a second, for as long as a checkpoint is kept: of a log that was closed nobody is given what is at hand here
    alone. Raises EpochClosed and Http404, which are not kept.
    """
    _refuse_closed(epoch)


@lru_cache(maxsize=TILES_KEPT)
def _complete(wanted: Tile, epoch: int) -> bytes:
    """It never changes, as long as its epoch goes on; TileUnknown is not kept."""
    return _tile(wanted, epoch)


def _tile(wanted: Tile, epoch: int) -> bytes:
    size = _size(epoch)
    try:
        with proving.undamaged():
            return stored.tile(wanted, size)
    except stored.TileMissing:
        raise TileUnknown("address", size=size) from None


def _size(epoch: int) -> int:
    """Of what is signed: nobody is shown what is not."""
    _refuse_closed(epoch)
    newest = Checkpoint.objects.filter(epoch=epoch).order_by("-size").values_list("size", flat=True).first()
    return newest or 0


def _number(epoch: str) -> int:
    """The first epoch has no number in its address."""
    if epoch == "1":
        raise Http404
    return int(epoch or 1)


def _refuse_closed(epoch: int) -> None:
    current = LogHead.objects.values_list("epoch", flat=True).get()
    if epoch < current:
        raise EpochClosed(address=prefix(current))
    if epoch > current:
        raise Http404
