"""What is published of the log: the newest checkpoint, below it the cosignatures that it has, and what it lacks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from registry.checkpoints import signing
from registry.models import Checkpoint, LogHead
from sharing.witnesses.configured import Witness, witnesses
from sharing.witnesses.models import Cosignature


@dataclass(frozen=True)
class Published:
    """``note``: with its cosignatures."""

    checkpoint: Checkpoint
    note: str


@dataclass(frozen=True)
class Standing:
    """How a witness stands to a checkpoint. ``cosigned_at``: None where it lacks its cosignature; ``size`` and ``at``: of
    the newest checkpoint that it cosigned, None where there is none.
    """

    witness: Witness
    cosigned_at: datetime | None
    size: int | None
    at: datetime | None


def newest() -> Published | None:
    """Of the epoch that goes on; None where nothing is signed yet."""
    checkpoint = signing.latest(LogHead.objects.get().epoch)
    return None if checkpoint is None else published(checkpoint)


def published(checkpoint: Checkpoint) -> Published:
    """Witnesses that are no longer asked stay below what they signed."""
    lines = checkpoint.cosignatures.order_by("pk").values_list("line", flat=True)
    return Published(checkpoint, checkpoint.note + "".join(lines))


def standing(checkpoint: Checkpoint) -> list[Standing]:
    """Of every witness that is asked."""
    return [_standing(each, checkpoint) for each in witnesses()]


def _standing(witness: Witness, checkpoint: Checkpoint) -> Standing:
    of_epoch = Cosignature.objects.filter(vkey=witness.key.vkey, checkpoint__epoch=checkpoint.epoch)
    last = (
        of_epoch.filter(checkpoint__size__lte=checkpoint.size)
        .select_related("checkpoint")
        .order_by("-checkpoint__size")
        .first()
    )
    if last is None:
        return Standing(witness, None, None, None)
    cosigned_at = last.signed_at if last.checkpoint.size == checkpoint.size else None
    return Standing(witness, cosigned_at, last.checkpoint.size, last.signed_at)
