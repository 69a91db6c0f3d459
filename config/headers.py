"""What every answer tells the browser, whoever gives it: the first of all but the number of the request.

Pages about persons are never cached, anywhere; static files, public keys, the log and the published figures set their own
header. The policy of contents and HSTS are set beside this, by django-csp and Django's own middleware.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from django.http import HttpRequest, HttpResponseBase

# Only what the pages use: passkeys, and nothing of the machine they are read on.
_SELF = ("publickey-credentials-create", "publickey-credentials-get")
_NOBODY = (
    "accelerometer", "ambient-light-sensor", "autoplay", "bluetooth", "browsing-topics", "camera", "display-capture",
    "encrypted-media", "fullscreen", "gamepad", "geolocation", "gyroscope", "hid", "identity-credentials-get", "idle-detection",
    "local-fonts", "magnetometer", "microphone", "midi", "otp-credentials", "payment", "picture-in-picture",
    "screen-wake-lock", "serial", "usb", "window-management", "xr-spatial-tracking",
)  # fmt: skip
PERMISSIONS = ", ".join([*(f"{each}=(self)" for each in _SELF), *(f"{each}=()" for each in _NOBODY)])

ALWAYS: Mapping[str, str] = {
    "Cache-Control": "no-store",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": PERMISSIONS,
    "Reporting-Endpoints": 'csp="/csp-report"',
    "X-Content-Type-Options": "nosniff",
    "X-Permitted-Cross-Domain-Policies": "none",
}
# Routes by which somebody leaves. Cookies are not named: they would go for every name under the court's own domain.
LEAVING = frozenset({"account_logout", "admin:logout", "portal:sign_out", "person:leave"})
FORGET = '"cache", "storage"'


class HeadersMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        for name, value in ALWAYS.items():
            response.headers.setdefault(name, value)
        if response.headers["Cache-Control"].startswith("public"):
            response.cookies.clear()  # whoever is given the kept answer would be signed out, or in, by it
        route = request.resolver_match
        if route is not None and route.view_name in LEAVING and request.method == "POST":
            response.headers["Clear-Site-Data"] = FORGET
        return response
