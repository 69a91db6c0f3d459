"""On which server the log may grow: witnesses were asked there what they have seen, before anything new was signed.

A database that came back from a backup together with its guard lacks nothing that it knows of. What it has forgotten a
witness may have seen; so one is asked wherever the database is another server's, or the same one's that began anew.
"""

from __future__ import annotations

from django.conf import settings
from django.db import connection

from registry.models import LogHead

# By what no backup brings back: when the server began, and in which file of which of its databases the head lies.
_SERVER = """
    SELECT extract(epoch FROM pg_postmaster_start_time()) || ' ' || pg_relation_filepath('registry_loghead')
"""


def server() -> str:
    with connection.cursor() as cursor:
        cursor.execute(_SERVER)
        return str(cursor.fetchone()[0])


def is_awaited() -> bool:
    """Whether there are witnesses, and they have not been asked yet on this server."""
    return bool(settings.SHARING_LOG_WITNESSES) and LogHead.objects.exclude(vouched_on=server()).exists()


def note(on: str) -> None:
    """They were; ``on``: the server as it was before anybody was asked."""
    LogHead.objects.exclude(vouched_on=on).update(vouched_on=on)
