from django.contrib import admin
from django.contrib.admin.apps import AdminConfig
from django.utils.module_loading import autodiscover_modules


class CourtAdminConfig(AdminConfig):
    default_site = "registry.admin.site.CourtSite"

    def ready(self) -> None:
        """The package `registry.admin` was imported with this file, when there were no models yet, so Django's own
        discovery finds it without registrations; they are in its modules ``book`` and ``shelves``.
        """
        super().ready()
        autodiscover_modules("admin.book", "admin.shelves", register_to=admin.site)
