"""The addresses as the demonstration has them."""

from django.urls import include, path

from config.urls import urlpatterns as product

urlpatterns = [path("", include("config.demo.pages.urls")), *product]
