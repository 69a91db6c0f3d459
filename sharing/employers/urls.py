from django.urls import path

from sharing.employers import api

urlpatterns = [
    path("screenings", api.ScreeningsView.as_view(), name="screenings"),
    path("screenings/<str:id>", api.ScreeningView.as_view(), name="screening"),
    path("screenings/<str:id>/consent-form", api.ConsentFormView.as_view(), name="consent_form"),
]
