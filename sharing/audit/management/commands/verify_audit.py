"""`manage.py verify_audit`: whether every recorded row is as it was written, and the audit tree as the log has it."""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from sharing.audit import comparing


class Command(BaseCommand):
    help = "Verify the audit trail against its tree, and the tree against the log. Status 1 where anything is wrong."

    def handle(self, *args: Any, **options: Any) -> None:
        found, _kept = comparing.verify(now=timezone.now())
        self.stdout.write(
            f"{found.size:,} leaves looked at, of which {found.purged:,} rows were purged and {found.emptied:,} emptied;"
            f" {found.anchors:,} anchors in the log"
        )
        if found.is_sound:
            self.stdout.write("everything is as it was written")
            return
        self.stdout.write(f"first: {found.first}")
        for each in found.named:
            self.stdout.write(str(each))
        if found.count > len(found.named):
            self.stdout.write(f"and {found.count - len(found.named):,} more")
        sys.exit(1)
