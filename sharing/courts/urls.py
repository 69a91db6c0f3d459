from django.urls import path

from sharing.courts import api

urlpatterns = [path("cases", api.CasesView.as_view(), name="cases")]
