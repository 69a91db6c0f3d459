from django.apps import AppConfig
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _


class PartiesConfig(AppConfig):
    name = "sharing.parties"
    verbose_name = _("Organisations and their machines")

    def ready(self) -> None:
        # The models are there only now.
        import_string("sharing.parties.tokens.connect")()
