from django.urls import path

from sharing.parties.tokens import NotedTokenView

urlpatterns = [path("token", NotedTokenView.as_view(), name="token")]
