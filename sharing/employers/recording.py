"""An answer becomes a signed record."""

from __future__ import annotations

from registry.ulid import new_ulid
from sharing.employers import results, status_list, verification_code
from sharing.employers.answers import Answer
from sharing.employers.lookup import Book, Subject
from sharing.employers.models import Screening
from sharing.employers.purposes import Scope


def record(screening: Screening, subject: Subject, book: Book, answer: Answer) -> Screening:
    """The answer, signed, and saved in the transaction that read the book. ``screening`` says who asked what, and when."""
    (place,) = status_list.take(screening.asked_at, 1)
    sign(screening, subject, book, answer, place)
    screening.save()
    return screening


def sign(screening: Screening, subject: Subject, book: Book, answer: Answer, place: status_list.Place) -> None:
    """Like `record`, for the caller to save."""
    code = verification_code.new()
    screening.id = "scr_" + new_ulid(screening.asked_at)
    screening.subject_digest = subject.digest
    screening.outcome, screening.held_because = answer.outcome, answer.held_because
    screening.listing_id, screening.also_told = answer.listing_id, list(answer.also_told)
    screening.epoch, screening.as_of = book.epoch, book.position
    screening.status_list, screening.status_index = place.list, place.index
    screening.code_digest = verification_code.digest(code)
    screening.last_four_digest = verification_code.last_four_digest(screening.id, subject.last_four)
    result = results.result(asked(screening, subject, book.signed), answer, results.Proof(place=place, code=code))
    screening.answer = result.body


def asked(screening: Screening, subject: Subject, signed: dict[str, int | str] | None) -> results.Asked:
    """What a result says of its question. ``signed``: the newest checkpoint of the log when the book was read (`Book`)."""
    return results.Asked(
        screening_id=screening.id,
        employer_uscc=screening.employer.uscc,
        purpose=screening.purpose,
        post=screening.post,
        scope=Scope(screening.scope),
        committed=subject.committed,
        position=screening.as_of,
        epoch=screening.epoch,
        signed=signed,
        asked_at=screening.asked_at,
        expires_at=screening.expires_at,
    )
