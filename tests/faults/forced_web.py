"""The web process as it is, and beside it errors that are forced (`tests.faults.forced`)."""

from __future__ import annotations

import os

from django.conf import settings
from django.utils.module_loading import import_string

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
settings.MIDDLEWARE = [*settings.MIDDLEWARE, "tests.faults.forced.ForcedMiddleware"]
application = import_string("config.wsgi.application")
