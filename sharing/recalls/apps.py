from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RecallsConfig(AppConfig):
    name = "sharing.recalls"
    verbose_name = _("Recalls")
