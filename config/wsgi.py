import os

from django.core.wsgi import get_wsgi_application

from config.checks import refuse_to_start_unsafe, refuse_what_the_book_refuses
from config.loaded import leave_out_of_collection
from config.zones.zone import SERVING_PAGES

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

application = get_wsgi_application()
refuse_to_start_unsafe()
refuse_what_the_book_refuses(*SERVING_PAGES)
leave_out_of_collection()
