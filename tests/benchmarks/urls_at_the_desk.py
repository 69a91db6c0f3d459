"""The product's addresses, as a page of the desk names them."""

from __future__ import annotations

from config.urls_at_the_desk import urlpatterns

__all__ = ["urlpatterns"]
