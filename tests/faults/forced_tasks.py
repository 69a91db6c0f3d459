"""The worker as it is, and a task that dies with a person in its hands."""

from __future__ import annotations

from django.apps import apps

from config.celery import app
from tests.faults import forced

TASKS = {f"tests.{kind}": error for kind, error in forced.FORCED.items()}


def _dying(kind: str) -> None:
    document = apps.get_model("registry", "IdentityDocument").objects.select_related("person").order_by("-pk").first()
    TASKS[kind](f"{document.number} {document.person.name}")


@app.task(name="tests.integrity")
def integrity() -> None:
    _dying("tests.integrity")


@app.task(name="tests.data")
def data() -> None:
    _dying("tests.data")


@app.task(name="tests.crash")
def crash() -> None:
    _dying("tests.crash")
