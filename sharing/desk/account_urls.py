"""Single sign-on, under the addresses of the desk's own sign-in and nowhere else."""

from __future__ import annotations

from django.urls import path

from sharing.desk import single_sign_on

urlpatterns = [
    path("", single_sign_on.go, name="single_sign_on"),
    path("return/", single_sign_on.come_back, name="single_sign_on_return"),
    path("connect/", single_sign_on.connect, name="single_sign_on_connect"),
    path("disconnect/", single_sign_on.disconnect, name="single_sign_on_disconnect"),
]
