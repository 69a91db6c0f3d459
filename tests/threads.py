"""Several at once, each on a database connection of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable

from django.db import connection


def in_threads(*works: Callable[[], object]) -> None:
    """Run all at once; the first error is raised here."""
    errors: list[BaseException] = []

    def run(work: Callable[[], object]) -> None:
        try:
            work()
        except BaseException as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]
