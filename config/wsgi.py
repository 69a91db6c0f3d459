import os

from django.core.wsgi import get_wsgi_application

from config.checks import refuse_other_keys, refuse_to_start_unsafe
from config.loaded import leave_out_of_collection

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

application = get_wsgi_application()
refuse_to_start_unsafe()
refuse_other_keys()
leave_out_of_collection()
