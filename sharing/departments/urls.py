from django.urls import path

from sharing.departments import api, log_api

urlpatterns = [
    path("events", api.EventsView.as_view(), name="events"),
    path("listings", api.ListingsView.as_view(), name="listings"),
    path("listings/<str:number>", api.ListingView.as_view(), name="listing"),
    path("receipts", api.ReceiptsView.as_view(), name="receipts"),
    path("log", log_api.LogApiView.as_view(), name="log_state"),
    path("log/proof", log_api.LogProofView.as_view(), name="log_proof"),
    path("log/proof-file", log_api.LogProofFileView.as_view(), name="log_proof_file"),
    path("onward", api.OnwardView.as_view(), name="onward"),
]
