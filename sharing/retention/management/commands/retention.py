"""`manage.py retention`: write docs/retention.md anew from the schedule."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from sharing.retention.document import document


class Command(BaseCommand):
    help = "Write docs/retention.md from the retention schedule."

    def handle(self, *args: Any, **options: Any) -> None:
        (settings.BASE_DIR / "docs" / "retention.md").write_text(document(), encoding="utf-8")
