"""What the web server serves: `gunicorn --config python:config.serving config.wsgi`."""

import os

import django
from django.core.exceptions import ImproperlyConfigured
from django.core.handlers.wsgi import WSGIHandler

from config.checks import refuse_to_start_unsafe, refuse_what_the_book_refuses
from config.loaded import know_addresses, leave_out_of_collection
from config.text_of_requests import Utf8Handler
from config.zones.zone import SERVING_PAGES

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")


def begun() -> WSGIHandler:
    """Raises ImproperlyConfigured where it would be unsafe to serve."""
    django.setup(set_prefix=False)
    made = Utf8Handler()
    refuse_to_start_unsafe()
    refuse_what_the_book_refuses(*SERVING_PAGES)
    know_addresses()
    leave_out_of_collection()
    return made


try:
    application = begun()
except ImproperlyConfigured as error:  # as worker and beat end
    raise SystemExit(str(error)) from None
