from django.urls import path

from sharing.departments import api

urlpatterns = [
    path("events", api.EventsView.as_view(), name="events"),
    path("listings", api.ListingsView.as_view(), name="listings"),
    path("listings/<str:number>", api.ListingView.as_view(), name="listing"),
    path("receipts", api.ReceiptsView.as_view(), name="receipts"),
    path("onward", api.OnwardView.as_view(), name="onward"),
]
