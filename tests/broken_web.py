"""The web process, in which every question that is asked by REST fails."""

from __future__ import annotations

from typing import NoReturn
from unittest.mock import patch

from rest_framework.request import Request

from config.wsgi import application
from sharing.employers.api import ScreeningsView

__all__ = ["application"]


def fails(view: ScreeningsView, request: Request) -> NoReturn:
    raise ZeroDivisionError


patch.object(ScreeningsView, "post", fails).start()
