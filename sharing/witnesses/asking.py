"""Witnesses are asked to cosign the newest checkpoint, each by itself: one that is slow or away holds up nobody."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.db import transaction

from registry.checkpoints import signing, stored, vouched
from registry.models import Checkpoint, LogHead
from registry.tree import proofs
from registry.tree.notes import Note, Signature, witnessed_at
from registry.turns import Lock, one_of
from sharing.transport import Egress, Reply, Rules, Wanted, fetch
from sharing.witnesses import protocol
from sharing.witnesses.configured import Witness, witnesses
from sharing.witnesses.models import GRAVE, Asked, Cosignature, Refused
from sharing.witnesses.protocol import Answer

WAITS = (1, 5, 15, 60, 300)  # seconds after so many failures in a row
AHEAD = timedelta(
    days=366
)  # so far a cosignature may be dated: clocks are set wrong, but no calendar holds every number
PATIENCE = timedelta(minutes=5)  # with who is silent on another server: a line may come up later than the machine
HEARD = frozenset({Refused.FORK, Refused.LARGER})  # what says, without a cosignature, how far the witness is
TRIES = 3  # in one turn: the witness may know of another size than we do

logger = logging.getLogger(__name__)


def ask_all(*, now: datetime) -> int:
    """Ask those that have not cosigned the newest checkpoint and are due, and all of them on another server; how many did."""
    asked, server = witnesses(), vouched.server()
    epoch = LogHead.objects.get().epoch
    checkpoint = signing.latest(epoch)
    if checkpoint is None or not checkpoint.size:
        asked = ()  # of nothing
    cosigned = sum(_in_turn(each, epoch, server, now) for each in asked)
    _tell_the_log(asked, epoch)
    if _are_heard(asked, epoch, server, now):
        vouched.note(server)
    return cosigned


def is_due(now: datetime) -> bool:
    if vouched.is_awaited():
        return True
    checkpoint = signing.latest(LogHead.objects.get().epoch)
    if checkpoint is None or not checkpoint.size:
        return False
    vkeys = {each.key.vkey for each in witnesses()}
    vkeys.difference_update(checkpoint.cosignatures.values_list("vkey", flat=True))
    wait = Asked.objects.filter(vkey__in=vkeys, epoch=checkpoint.epoch, due__gt=now)
    return len(vkeys) > wait.count()


def _in_turn(witness: Witness, epoch: int, server: str, now: datetime) -> bool:
    """Not while another worker asks the same one; and of the newest checkpoint, for while others were asked it may have
    cosigned a later one than there was at first.
    """
    number = int.from_bytes(witness.key.key_id, "big", signed=True)
    with one_of([number], of=Lock.WITNESSES) as turn:
        newest = signing.latest(epoch) if turn is not None else None
        return newest is not None and _ask(witness, newest, server, now)


def _ask(witness: Witness, checkpoint: Checkpoint, server: str, now: datetime) -> bool:
    state, _ = Asked.objects.get_or_create(vkey=witness.key.vkey, epoch=checkpoint.epoch)
    if state.asked_on != server:
        state.asked_on, state.asked_since, state.is_heard = server, now, False
    elif (state.is_heard and _has_cosigned(state, checkpoint)) or (state.due and state.due > now):
        return False
    return _concluded(state, checkpoint, _answer(witness, state.size, checkpoint), now)


def _has_cosigned(state: Asked, checkpoint: Checkpoint) -> bool:
    return checkpoint.cosignatures.filter(vkey=state.vkey).exists()


def _answer(witness: Witness, size: int, checkpoint: Checkpoint) -> Answer:
    """What it says last; ``size``: of the checkpoint that it cosigned before, as far as is known."""
    note = Note.parse(checkpoint.note.encode())
    old = size if size <= checkpoint.size else 0
    for _try in range(TRIES):
        answer = protocol.read(_post(witness, old, checkpoint), note, witness.key)
        if answer.size is None or answer.size > checkpoint.size:
            return answer
        if answer.size == old:  # it was asked from there: of this size it has another root
            break
        old = answer.size
    return Answer(refused=Refused.FORK)


def _post(witness: Witness, old: int, checkpoint: Checkpoint) -> Reply:
    proof = proofs.consistency(stored.tree(checkpoint.size), old, checkpoint.size) if old else []
    wanted = Wanted(
        f"{witness.address}/add-checkpoint",
        body=protocol.request(old, proof, checkpoint.note),
        headers={"Content-Type": "text/plain; charset=utf-8", "Accept": "*/*"},
    )
    return fetch(
        wanted,
        Rules(
            allowed_networks=settings.SHARING_ALLOWED_NETWORKS,
            allow_http=settings.SHARING_ALLOW_HTTP,
            egress=Egress.read(settings.SHARING_EGRESS_PROXY),
            bits=settings.SHARING_TLS_BITS,
        ),
    )


def _concluded(state: Asked, checkpoint: Checkpoint, answer: Answer, now: datetime) -> bool:
    if answer.signature is not None:
        at = witnessed_at(answer.signature)
        if at <= (now + AHEAD).timestamp():
            return _cosigned(state, checkpoint, answer.signature, datetime.fromtimestamp(at, UTC))
        answer = Answer(refused=Refused.BAD_SIGNATURE)
    refused = _why(state, checkpoint, answer)
    state.is_heard = state.is_heard or refused in HEARD
    if refused == Refused.LARGER:
        state.size = answer.size or state.size
    if refused != state.refused:
        state.refused, state.since = refused, now
        level = logging.ERROR if refused in GRAVE else logging.WARNING
        logger.log(level, "a witness did not cosign size %s: %s", checkpoint.size, refused.value)
    state.failures += 1
    state.due = now + timedelta(seconds=WAITS[min(state.failures, len(WAITS)) - 1])
    state.save()
    return False


def _why(state: Asked, checkpoint: Checkpoint, answer: Answer) -> Refused:
    """That it has seen more stands until it cosigns or says worse: silence and errors take nothing of it back."""
    found = answer.refused or (Refused.LARGER if (answer.size or 0) > checkpoint.size else Refused.REFUSED)
    return Refused.LARGER if state.refused == Refused.LARGER and found != Refused.FORK else found


def _cosigned(state: Asked, checkpoint: Checkpoint, signature: Signature, at: datetime) -> bool:
    with transaction.atomic():
        if not _has_cosigned(state, checkpoint):
            Cosignature(checkpoint=checkpoint, vkey=state.vkey, line=signature.line, signed_at=at).save()
        state.size, state.failures, state.due, state.refused, state.since = checkpoint.size, 0, None, "", None
        state.is_heard = True
        state.save()
    return True


def _are_heard(asked: tuple[Witness, ...], epoch: int, server: str, now: datetime) -> bool:
    """Whether each was asked on this server, and one of them has said what it has seen; or all are silent for long."""
    states = list(Asked.objects.filter(vkey__in=[each.key.vkey for each in asked], epoch=epoch, asked_on=server))
    if len(states) < len(asked):
        return False
    return any(each.is_heard for each in states) or all(
        each.asked_since is not None and each.asked_since <= now - PATIENCE for each in states
    )


def _tell_the_log(asked: tuple[Witness, ...], epoch: int) -> None:
    """The largest size that one of them has seen: below it nothing is signed."""
    keys = [each.key.vkey for each in asked]
    seen = Asked.objects.filter(vkey__in=keys, epoch=epoch, refused=Refused.LARGER).order_by("-size")
    signing.seen_elsewhere(seen.values_list("size", flat=True).first() or 0)
