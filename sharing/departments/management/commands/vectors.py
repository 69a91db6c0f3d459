"""`manage.py vectors`: write docs/vectors.json, the test vectors for integrators, anew from the code."""

from __future__ import annotations

from typing import Any

from django.core.management import BaseCommand

from sharing.departments import handbook, vectors


class Command(BaseCommand):
    help = "Write docs/vectors.json, the test vectors for integrators, anew from the code."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        handbook.path_of("vectors.json").write_text(vectors.text(), encoding="utf-8")
