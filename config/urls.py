"""Every address of the product. The reverse proxy publishes all but /desk, which stays inside."""

from __future__ import annotations

from django.conf import settings
from django.contrib import admin
from django.urls import include, path
from django.views.decorators.csrf import csrf_exempt
from django.views.i18n import set_language

from config.health import health, ready
from config.operation.pages import metrics
from config.violations import csp_report
from sharing.departments.api import WebhookKeysView
from sharing.employers.api import KeysView
from sharing.employers.results_api import StatusListView

pages = [
    *([path("", include("config.demo.pages.urls"))] if settings.DEMO else []),
    path("", include("sharing.public.urls")),
    path("desk/account/single-sign-on/", include("sharing.desk.account_urls")),
    path("desk/sharing/", include("sharing.desk.urls")),
    path("desk/", admin.site.urls),
    # Pages that are kept for everybody switch it, too, and hold nobody's token; it changes nothing but the reader's words.
    path("language/", csrf_exempt(set_language), name="set_language"),
    path("portal/", include("sharing.parties.portal_urls")),
    path("department/", include("sharing.departments.portal.urls")),
    path("employer/", include("sharing.employers.portal.urls")),
    path("", include("sharing.persons.urls")),
    path("oauth/", include("sharing.parties.urls")),
    path("api/v1/", include("sharing.urls")),
    path("trial/<slug:endpoint_id>/", include("sharing.departments.trial_urls")),
    path(".well-known/jwks.json", KeysView.as_view(), name="keys"),
    path(".well-known/webhook-keys.json", WebhookKeysView.as_view(), name="webhook_keys"),
    path("status-lists/<str:number>", StatusListView.as_view(), name="status_list"),
    path("health", health, name="health"),
    path("csp-report", csp_report, name="csp_report"),
    path("health/ready", ready, name="ready"),
    path("metrics", metrics, name="metrics"),
]
urlpatterns = [path("portal/account/", include("registry.signing_in.urls")), *pages]

handler400 = "config.error_pages.bad_request"
handler403 = "config.error_pages.permission_denied"
handler404 = "config.error_pages.not_found"
handler500 = "config.error_pages.server_error"
