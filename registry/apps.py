from django.apps import AppConfig
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from registry import key_checks


class RegistryConfig(AppConfig):
    name = "registry"
    verbose_name = _("The book")

    def ready(self) -> None:
        # The models are there only now.
        import_string("registry.auditing.signing_in.connect")()
        key_checks.watch()
