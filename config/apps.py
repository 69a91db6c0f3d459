from django.apps import AppConfig
from django.conf import settings
from django.utils.module_loading import import_string

from config import checks, reached
from config.celery import app as celery_app
from config.spans.checks import collector_can_be_told

__all__ = ["ConfigConfig", "celery_app"]


class ConfigConfig(AppConfig):
    name = "config"
    verbose_name = "Configuration"

    def ready(self) -> None:
        reached.know_poolers()  # before other applications open a connection
        checks.register_all()
        # The models are there only now.
        import_string("config.key_age_checks.register")()
        if settings.OTEL_EXPORTER_OTLP_ENDPOINT and not collector_can_be_told(None):
            import_string("config.spans.noting.begin")()
