"""The addresses of the demonstration, as a page of the desk names them."""

from django.urls import include, path

from config.urls_at_the_desk import handler400, handler403, handler404, handler500
from config.urls_at_the_desk import urlpatterns as product

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]

urlpatterns = [path("", include("config.demo.pages.urls")), *product]
