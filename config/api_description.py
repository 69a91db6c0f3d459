"""How the document at /api/v1/schema/ is made, where no setting of the environment has a say (drf-spectacular)."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

API_DESCRIPTION: dict[str, Any] = {
    "TITLE": "Registry API",
    "VERSION": "1.0.0",
    "DESCRIPTION": _(
        "Ask for a token at /oauth/token (a form with grant_type=client_credentials, client id and secret by Basic authentication); it holds for an hour, and a 401 says that the next one is due. A refusal is problem details (RFC 9457): code, the member to change, and what to do, in the language of Accept-Language. After a 429 or 503 wait as many seconds as Retry-After says. Addresses end without a slash; bodies are UTF-8 and not compressed."
    ),
    "OAS_VERSION": "3.1.1",
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "ENUM_NAME_OVERRIDES": {
        "ListingState": ["active", "suspended"],
        "BatchState": "sharing.employers.models.BatchState.values",
        "CampaignState": "sharing.employers.models.CampaignState.values",
        "CampaignRowState": "sharing.employers.models.RowState.values",
        "MonitoringState": "sharing.employers.monitoring_shapes.STATES",
        "RequestState": "sharing.employers.models.RequestState.values",
        # One of each message, which is the same whether it is pushed or pulled.
        "PublishedType": ["listing.published"],
        "CorrectedType": ["listing.corrected"],
        "RevisedType": ["listing.revised"],
        "FlaggedType": ["listing.flagged"],
        "UnflaggedType": ["listing.unflagged"],
        "StatedType": ["listing.stated"],
        "SuspendedType": ["listing.suspended"],
        "ReinstatedType": ["listing.reinstated"],
        "WithdrawnType": ["listing.withdrawn"],
    },
    "EXTERNAL_DOCS": {"description": _("What may change within version 1, and what not"), "url": "/docs/versions.md"},
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "SERVE_AUTHENTICATION": [],
    "POSTPROCESSING_HOOKS": ["drf_spectacular.hooks.postprocess_schema_enums", "sharing.openapi.with_headers"],
    "WEBHOOKS": [
        "sharing.departments.webhooks.published",
        "sharing.departments.webhooks.corrected",
        "sharing.departments.webhooks.revised",
        "sharing.departments.webhooks.flagged",
        "sharing.departments.webhooks.unflagged",
        "sharing.departments.webhooks.stated",
        "sharing.departments.webhooks.suspended",
        "sharing.departments.webhooks.reinstated",
        "sharing.departments.webhooks.withdrawn",
        "sharing.departments.webhooks.heartbeat",
        "sharing.departments.webhooks.test",
        "sharing.employers.webhooks.changed",
        "sharing.employers.webhooks.test",
    ],
}
