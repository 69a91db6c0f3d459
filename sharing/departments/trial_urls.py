"""The registry as a program on trial sees it: the same paths under `/trial/<endpoint>`."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import path
from django.views.decorators.csrf import csrf_exempt
from oauth2_provider.views import TokenView

from sharing.departments import trial_api

_token = TokenView.as_view()


@csrf_exempt
def token(request: HttpRequest, endpoint_id: str, **kwargs: Any) -> HttpResponseBase:
    """The same token as at `/oauth/token`: what a client may do is asked at each call."""
    answer: HttpResponseBase = _token(request)
    return answer


urlpatterns = [
    path("oauth/token", token, name="trial_token"),
    path("api/v1/events", trial_api.TrialEventsView.as_view(), name="trial_events"),
    path("api/v1/listings", trial_api.TrialListingsView.as_view(), name="trial_listings"),
    path("api/v1/listings/<str:number>", trial_api.TrialListingView.as_view(), name="trial_listing"),
    path("api/v1/receipts", trial_api.TrialReceiptsView.as_view(), name="trial_receipts"),
]
