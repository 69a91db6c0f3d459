"""The one gate of the API: a view says who may call it, or it is closed."""

from __future__ import annotations

from typing import ClassVar

from rest_framework.views import APIView

from sharing.callers import Caller

__all__ = ["Caller", "GatedView"]


class GatedView(APIView):
    """A view of the API: ``scope`` and ``audience`` (an organisation kind) say who may call it."""

    scope: ClassVar[str] = ""
    audience: ClassVar[str] = ""

    @property
    def caller(self) -> Caller:
        caller: Caller = self.request.user  # type: ignore[assignment]  # set by ClientAuthentication
        return caller
