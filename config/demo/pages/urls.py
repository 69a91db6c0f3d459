"""The demonstration's own addresses, in front of the product's."""

from __future__ import annotations

from config.demo.pages import acting, board, breaking, components, figures, provider, tour

app_name = "demo"
urlpatterns = [*board.urls, *acting.urls, *tour.urls, *breaking.urls, *components.urls, *provider.urls, *figures.urls]
