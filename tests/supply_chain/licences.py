"""Which licences a part of the product may have. All are used unchanged, and what is conveyed is the court's own code."""

from __future__ import annotations

ALLOWED = {
    "0BSD",
    "Apache-2.0",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "FTL",
    "HPND",
    "IJG",
    "ISC",
    "MIT",
    "MIT-0",
    "MIT-CMU",
    "PSF-2.0",
    "PostgreSQL",
    "Unlicense",
    "Zlib",
    "curl",
    "libtiff",
}

# Copyleft for its own files or for changes to it alone: allowed for these, which are used as they come. Anything new
# with such a licence is a decision of its own.
FOR: dict[str, set[str]] = {
    "certifi": {"MPL-2.0"},
    "fido2": {"MPL-2.0"},
    "jwcrypto": {"LGPL-3.0-or-later"},
    "noto-fonts-sc": {"OFL-1.1"},
    "pikepdf": {"MPL-2.0"},
    "psycopg": {"LGPL-3.0-only"},
    "psycopg-binary": {"LGPL-3.0-only"},
    "pycurl": {"LGPL-2.1-only"},
    "pylopdf-fonts-zh-cn": {"OFL-1.1"},
}

# Where a package's record holds prose or a classifier without a version: what its licence file says.
TOLD = {
    "amqp": "BSD-3-Clause",
    "billiard": "BSD-3-Clause",
    "certifi": "MPL-2.0",
    "click-plugins": "BSD-3-Clause",
    "defusedxml": "PSF-2.0",
    "django-csp": "BSD-3-Clause",
    "django-oauth-toolkit": "BSD-2-Clause",
    "drf-spectacular-sidecar": "BSD-3-Clause",
    "fido2": "BSD-2-Clause AND Apache-2.0 AND MPL-2.0",
    "joserfc": "BSD-3-Clause",
    "prompt-toolkit": "BSD-3-Clause",
    "pylopdf-fonts-zh-cn": "OFL-1.1",
    "pypdfium2": "BSD-3-Clause AND Apache-2.0",
    "python-dateutil": "BSD-3-Clause AND Apache-2.0",
    "qrcode": "BSD-3-Clause",
    "requests": "Apache-2.0",
    "segno": "BSD-3-Clause",
    "sqlparse": "BSD-3-Clause",
    "uritemplate": "BSD-3-Clause OR Apache-2.0",
    "vine": "BSD-3-Clause",
}
