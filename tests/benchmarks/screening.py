"""One screening over HTTP against a bare view of the same web process."""

from __future__ import annotations

import base64
import hashlib
import http.client
import itertools
import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from django.utils import timezone

from config.processes import Processes
from registry.identity import unit_check
from registry.models import IdentityDocument
from sharing.employers import admission
from sharing.employers.models import Consent, Screening
from sharing.parties import clients
from tests import cast
from tests.benchmarks import book
from tests.benchmarks.figures import Figure
from tests.benchmarks.stage import Stage, expect, seconds

DOCUMENTS = 10_000
ROUNDS = 7
REQUESTS = 400  # of each kind in a round
THREADS = 4
WEB = "web"
SCREENINGS, BARE = "/api/v1/screenings", "/bare"
PURPOSE, POST = "finance_recruitment", "loan_officer"
ENOUGH = 1_000_000

MEASURED = (
    f"POST {SCREENINGS}, {THREADS} http.client threads with keep-alive, each an employer of its own, every second "
    f"applicant listed, {DOCUMENTS:,} identity documents in the book; gunicorn gthread, 2 workers of 4 threads; fsync on"
)
FLOOR = (
    "a bare DRF view in the same gunicorn: the same authentication, scope and JSON, one look-up by digest and one "
    "inserted row through the ORM; the same client and bodies of the same shape"
)

_forms = itertools.count(1)


@dataclass(frozen=True)
class Asker:
    """One employer's system: its own credentials and its own connection."""

    host: str
    port: int
    client_id: str
    secret: str
    token: str

    def signed_in(self) -> Asker:
        """With a new token. RuntimeError where none is given."""
        return replace(self, token=_token(self.host, self.port, self.client_id, self.secret))

    def ask(self, path: str, serials: Sequence[int]) -> None:
        """One question after the other; RuntimeError when one is not answered with 201."""
        with closing(http.client.HTTPConnection(self.host, self.port, timeout=30)) as connection:
            for serial in serials:
                connection.request("POST", path, question(serial), self.headers())
                response = connection.getresponse()
                answer = response.read()
                if response.status != http.HTTPStatus.CREATED:
                    raise RuntimeError(f"{path} answered {response.status}: {answer[:200]!r}")

    def headers(self) -> dict[str, str]:
        return {
            "Authorization": f"Bearer {self.token}",
            "Content-Type": "application/json",
            "Idempotency-Key": f"benchmark-{next(_forms)}",
        }


def measure(stage: Stage) -> list[Figure]:
    stage.say(f"{DOCUMENTS:,} identity documents")
    book.fill(DOCUMENTS)
    expect(IdentityDocument.objects.count() == DOCUMENTS, "a document is missing")
    with Processes(stage.folder, stage.environment()) as processes:
        processes.start(WEB)
        values, floors = _rounds(stage, [asker(number, processes.address) for number in range(THREADS)])
    asked = (ROUNDS + 1) * REQUESTS
    expect(Screening.objects.count() == asked, "a screening was not recorded")
    expect(Consent.objects.count() == 2 * asked, "a bare request left no row")
    return [
        Figure(
            name="screening", unit="requests/s", values=values, floors=floors, target_of="ratio", target=0.7,
            measured=MEASURED, floor_is=FLOOR,
        )
    ]  # fmt: skip


def _rounds(stage: Stage, askers: Sequence[Asker]) -> tuple[list[float], list[float]]:
    _rate(askers, BARE, 0)
    _rate(askers, SCREENINGS, 0)
    values, floors = [], []
    for number in range(1, ROUNDS + 1):
        stage.say(f"round {number} of {ROUNDS}")
        floors.append(_rate(askers, BARE, number))
        values.append(_rate(askers, SCREENINGS, number))
    return values, floors


def _rate(askers: Sequence[Asker], path: str, number: int) -> float:
    """Requests per second when all ask at once. Half of the serial numbers are in the book."""
    serials = [(number * REQUESTS + count) % DOCUMENTS + DOCUMENTS * (count % 2) for count in range(REQUESTS)]
    shares = [serials[start :: len(askers)] for start in range(len(askers))]

    def all_ask() -> None:
        with ThreadPoolExecutor(len(askers)) as pool:
            list(pool.map(Asker.ask, askers, itertools.repeat(path), shares))

    return REQUESTS / seconds(all_ask)


def question(serial: int) -> bytes:
    number = book.number_of(serial)
    return json.dumps(
        {
            "purpose": PURPOSE,
            "post": POST,
            "applicant": {"name": book.name_of(serial), "document": {"type": "resident_id", "number": number}},
            "consent": {
                "kind": "attested",
                "document_sha256": hashlib.sha256(f"form {next(_forms)}".encode()).hexdigest(),
                "signed_on": timezone.localdate().isoformat(),
            },
        }
    ).encode()


def asker(number: int, address: str) -> Asker:
    first_17 = f"91110000{number:09d}"
    employer = admission.admit(
        code=f"employer-{number}",
        name=f"employer {number}",
        uscc=first_17 + unit_check(first_17),
        legal_basis="CL 37-1",
        admitted_for=[PURPOSE],
        approved_by=cast.high_court_registrar(),
        now=timezone.now(),
        daily_quota=ENOUGH,
    )
    client_id, secret = clients.issue(employer.organisation, ["screenings"], now=timezone.now())
    parts = urlsplit(address)
    host, port = parts.hostname or "", parts.port or 0
    return Asker(host, port, client_id, secret, token="").signed_in()


def _token(host: str, port: int, client_id: str, secret: str) -> str:
    basic = base64.b64encode(f"{client_id}:{secret}".encode()).decode()
    headers = {"Authorization": f"Basic {basic}", "Content-Type": "application/x-www-form-urlencoded"}
    with closing(http.client.HTTPConnection(host, port, timeout=30)) as connection:
        connection.request("POST", "/oauth/token", "grant_type=client_credentials", headers)
        said = connection.getresponse().read()
        if b"access_token" not in said:
            raise RuntimeError(f"no token: {said[:200]!r}")
        return str(json.loads(said)["access_token"])
