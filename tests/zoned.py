"""The product as it runs in zones: each request of a test's browser, and each task, under its zone's role in the database.

What the test itself lays out and looks at stays the owner's.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from celery.app.task import Task
from django.conf import settings
from django.core.handlers.base import BaseHandler
from django.db import ProgrammingError, connection
from django.http import HttpRequest
from django.urls import Resolver404, resolve
from psycopg.errors import InsufficientPrivilege
from psycopg.pq import TransactionStatus

from config.zones.routes import zone_of
from config.zones.zone import ROLES, Zone


@contextmanager
def working_as(role: str) -> Iterator[None]:
    """The connection's session is this role's, as if it had logged in: it cannot reset what it never was."""
    connection.ensure_connection()
    session = connection.connection
    session.execute(f"SET SESSION AUTHORIZATION {role}")
    try:
        yield
    finally:
        # What failed is rolled back by whoever began it, and the role with it.
        if not session.closed and session.info.transaction_status != TransactionStatus.INERROR:
            session.execute("RESET SESSION AUTHORIZATION")


def zone_at(path: str) -> Zone | None:
    """The zone whose process the proxy would ask."""
    urlconf = f"{settings.ROOT_URLCONF}_at_the_desk" if path.startswith("/desk/") else None
    try:
        return zone_of(resolve(path, urlconf).view_name, path)
    except Resolver404:
        return Zone.PUBLIC


@contextmanager
def zones(*, apart: bool = True) -> Iterator[list[str]]:
    """``apart``: each zone in a process of its own; else all in one, under the application's role. Gives what PostgreSQL
    refused for want of a right, whatever the product made of it.
    """
    answer, run = BaseHandler.get_response, Task.__call__
    refused: list[str] = []

    def noting(execute: Any, sql: str, *given: Any) -> Any:
        try:
            return execute(sql, *given)
        except ProgrammingError as error:
            if isinstance(error.__cause__, InsufficientPrivilege):
                refused.append(str(error).strip())
            raise

    def in_its_zone(handler: BaseHandler, request: HttpRequest) -> Any:
        zone = (zone_at(request.path) or Zone.PUBLIC) if apart else Zone.ALL
        with working_as(ROLES[zone]), connection.execute_wrapper(noting), pytest.MonkeyPatch.context() as serving:
            serving.setattr(settings, "REGISTRY_ZONE", zone)
            return answer(handler, request)

    def as_a_worker(task: Task[Any, Any], *args: Any, **kwargs: Any) -> Any:
        with working_as(ROLES[Zone.WORKER if apart else Zone.ALL]), connection.execute_wrapper(noting):
            return run(task, *args, **kwargs)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(BaseHandler, "get_response", in_its_zone)
        patch.setattr(Task, "__call__", as_a_worker)
        yield refused
