"""Departments told for real: each with the reference receiver as a process of its own, in production, its receipts signed."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.utils import timezone

from config.demo.inboxes import Inbox
from config.valkey import free_port
from sharing import signing
from sharing.departments import receipts
from sharing.parties import clients
from tests import cast
from tests.receiver_double import Program


@dataclass
class Told:
    """A department's receiver, and what it keeps."""

    program: Program
    inbox: Inbox


@contextmanager
def departments(folder: Path, address: str) -> Iterator[list[Told]]:
    told = [joined(sector, folder / sector, address) for sector in ("finance", "telecom")]
    try:
        for each in told:
            each.program.start()
        yield told
    finally:
        for each in told:
            each.program.stop()


def joined(sector: str, folder: Path, address: str) -> Told:
    """A department with an endpoint in production and a key of its own for its receipts."""
    folder.mkdir()
    department, port = cast.department(sector), free_port()
    cast.measure(department)
    endpoint, secret = cast.add_endpoint(department, f"http://127.0.0.1:{port}/webhooks")
    key = Ed25519PrivateKey.generate()
    receipts.register_key(department, signing.public_key_text(key.public_key()))
    client_id, client_secret = clients.issue(department.organisation, ["events", "receipts"], now=timezone.now())
    environment = {
        "RECEIVER_SECRETS": secret,
        "RECEIVER_PUBLIC_KEYS": ",".join(signing.public_key_text(each.public_key()) for each in signing.webhook_keys()),
        "RECEIVER_ENDPOINT": endpoint.pk,
        "RECEIVER_SIGNING_KEY": "whsk_" + base64.b64encode(key.private_bytes_raw()).decode(),
        "REGISTRY_CLIENT_ID": client_id,
        "REGISTRY_CLIENT_SECRET": client_secret,
    }
    program = Program(folder / "store", address, ("--port", str(port)), environment)
    return Told(program, Inbox(sector, sector, program.path, port=port))
