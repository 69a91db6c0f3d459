from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SigningInConfig(AppConfig):
    name = "registry.signing_in"
    label = "signing_in"
    verbose_name = _("Signing in")

    def ready(self) -> None:
        """Once there are models, which the library's flows need."""
        import_module("registry.signing_in.noting").connect()
        library = "allauth.mfa.recovery_codes.internal"
        import_module("registry.signing_in.recovery").connect(
            import_module(f"{library}.auth"), import_module(f"{library}.flows")
        )
