from django.contrib.admin.apps import AdminConfig


class CourtAdminConfig(AdminConfig):
    default_site = "registry.admin.site.CourtSite"
