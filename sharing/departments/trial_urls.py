"""The registry as a program on trial sees it: the same paths under `/trial/<endpoint>`."""

from __future__ import annotations

from django.urls import path

from sharing.departments import trial_api
from sharing.parties.tokens import NotedTokenView

urlpatterns = [
    # The same token as at /oauth/token, and as much on record: what a client may do is asked at each call.
    path("oauth/token", NotedTokenView.as_view(), name="trial_token"),
    path("api/v1/events", trial_api.TrialEventsView.as_view(), name="trial_events"),
    path("api/v1/listings", trial_api.TrialListingsView.as_view(), name="trial_listings"),
    path("api/v1/listings/<str:number>", trial_api.TrialListingView.as_view(), name="trial_listing"),
    path("api/v1/receipts", trial_api.TrialReceiptsView.as_view(), name="trial_receipts"),
]
