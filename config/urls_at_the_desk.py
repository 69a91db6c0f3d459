"""The same addresses, as a page of the desk names them: the sign-in's are its own, which the reverse proxy does not publish."""

from __future__ import annotations

from django.urls import include, path

from config.urls import handler400, handler403, handler404, handler500, pages

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]

urlpatterns = [
    path("desk/account/", include("registry.signing_in.urls")),
    *pages,
]  # before the admin, which takes the rest
