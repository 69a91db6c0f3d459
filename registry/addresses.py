"""Addresses of pages, as letters and other pages name them. The desk may have a host name of its own (`REGISTRY_DESK_ADDRESS`).

The path says whose a page is: what begins with `DESK` is the desk's, everything else the court's.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest
from django.http.request import split_domain_port

DESK = "/desk/"


def absolute(path: str) -> str:
    """With scheme and host name: of the desk for a path of the desk, where it has one of its own."""
    own = settings.REGISTRY_DESK_ADDRESS if path.startswith(DESK) else ""
    return f"{(own or settings.REGISTRY_ADDRESS).rstrip('/')}{path}"


def of_programs(path: str) -> str:
    """Where a program calls, whatever its key: the server that takes client certificates, where there is one."""
    return f"{(settings.SHARING_PROGRAMS_ADDRESS or settings.REGISTRY_ADDRESS).rstrip('/')}{path}"


def across(path: str) -> str:
    """From a page of the desk to one outside it, or back: the bare path where both have one name."""
    return absolute(path) if settings.REGISTRY_DESK_ADDRESS else path


def is_elsewhere(path: str, request: HttpRequest) -> bool:
    """Whether this path is answered at the other name, and not at the one by which was asked."""
    return bool(settings.REGISTRY_DESK_ADDRESS) and path.startswith(DESK) != is_the_desks_name(request)


def is_the_desks_name(request: HttpRequest) -> bool:
    """Whether the desk has a name of its own, and was asked for by it; a name that is not allowed is nobody's."""
    name = urlsplit(settings.REGISTRY_DESK_ADDRESS).hostname
    try:
        return name is not None and split_domain_port(request.get_host())[0] == name
    except DisallowedHost:
        return False
