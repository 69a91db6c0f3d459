"""Where the product uses cryptography, found in its code and in the packages of its lock: to be compared with
docs/cryptography.csv, which says what for.
"""

from __future__ import annotations

import ast
import csv
import re
from collections.abc import Collection, Iterable, Mapping
from importlib.metadata import PackageNotFoundError, files
from pathlib import Path
from typing import NamedTuple

from tests.supply_chain.lock import PRODUCT, ROOT, pinned

TABLE = ROOT / "docs" / "cryptography.csv"
ROOMS = ("config", "registry", "sharing", "deploy")
PAGES = ("static", "templates")
# What is cryptography, or randomness: a module is found by its beginning. Not `uuid`: what it makes is no secret.
MODULES = (
    *("hashlib", "hmac", "secrets", "ssl", "random", "crypt", "in-sql", "os.urandom", "os.getrandom"),
    *("cryptography", "joserfc", "jwcrypto", "fido2", "standardwebhooks", "argon2", "nacl", "OpenSSL"),
    *("django.core.signing", "django.contrib.auth.hashers", "django.contrib.auth.tokens", "django.utils.crypto"),
    *("allauth.mfa.totp.internal", "allauth.mfa.webauthn", "allauth.mfa.recovery_codes.internal"),
)
# Of OpenSSL's options to libraries that speak TLS by themselves.
OPTIONS = re.compile(r"\bSSL_CIPHER_LIST\b|\bSSLCERT_BLOB\b|\bCAINFO\b")
SQL = re.compile(r"\b(sha224|sha256|sha384|sha512|md5|hmac|crypt|pgp_sym_encrypt)\(")
SCRIPT = re.compile(r"\bcrypto\.(?:subtle|getRandomValues|randomUUID)|\bMath\.random\b|\bnavigator\.credentials\b")
IN_PACKAGES = re.compile(
    r"^\s*(?:import|from)\s+(hashlib|hmac|secrets|ssl|random|cryptography|OpenSSL|argon2|joserfc|jwcrypto|fido2)\b",
    re.MULTILINE,
)


class Use(NamedTuple):
    """``place``: a file of the product, or "package:<name>"; ``what``: names of modules, in order, parted by blanks."""

    place: str
    what: str


class Row(NamedTuple):
    """A line of the table: ``purpose``, ``algorithm``, ``key`` and ``replaced`` in words; "" where there is none."""

    place: str
    what: str
    purpose: str
    algorithm: str
    key: str
    replaced: str


def rows() -> list[Row]:
    with TABLE.open(encoding="utf-8", newline="") as file:
        return [Row(**line) for line in csv.DictReader(file)]


def wrong(found: Collection[Use], table: Iterable[Row]) -> list[str]:
    """In words: what is used and not listed, listed and not used, or listed without what for."""
    listed = {Use(row.place, row.what): row for row in table}
    return [
        *(f"{use.place} uses {use.what}: not in {TABLE.name}" for use in sorted(set(found) - set(listed))),
        *(f"{use.place} is listed with {use.what}, which is not there" for use in sorted(set(listed) - set(found))),
        *(f"{row.place}: what for, and with which algorithm?" for row in listed.values() if not row.purpose or not row.algorithm),
    ]  # fmt: skip


def in_the_product() -> list[Use]:
    code = [path for room in ROOMS for path in sorted((ROOT / room).rglob("*.py"))]
    found = [(path, in_python(path.read_text(encoding="utf-8"))) for path in (*code, ROOT / "manage.py")]
    scripts = [path for room in PAGES for path in sorted((ROOT / room).rglob("*")) if path.suffix in {".js", ".html"}]
    found += [(path, in_script(path.read_text(encoding="utf-8"))) for path in scripts if ".min." not in path.name]
    return [Use(path.relative_to(ROOT).as_posix(), " ".join(sorted(what))) for path, what in found if what]


def in_python(text: str) -> set[str]:
    """Modules of `MODULES` that are imported or called by their whole name, wherever in the file."""
    names = {name for node in ast.walk(ast.parse(text)) for name in _names(node)}
    found = {known for known in MODULES for name in names if name == known or name.startswith(f"{known}.")}
    return found | set(OPTIONS.findall(text))


def in_script(text: str) -> set[str]:
    return {" ".join(each.split()) for each in SCRIPT.findall(text)}


def _names(node: ast.AST) -> Iterable[str]:
    if isinstance(node, ast.Import):
        yield from (each.name for each in node.names)
    elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
        yield from (f"{node.module}.{each.name}" for each in node.names)
    elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        yield f"{node.value.id}.{node.attr}"
    elif isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value if "." in node.value else ""  # a class that a setting names
        yield from (f"in-sql.{each}" for each in SQL.findall(node.value))


def in_the_packages() -> list[Use]:
    """Of every package of the product's lock that is installed here."""
    found = [(one.name, _of_package(one.name)) for one in pinned(PRODUCT)]
    return [Use(f"package:{name}", " ".join(sorted(what))) for name, what in found if what]


def _of_package(name: str) -> set[str]:
    try:
        parts = files(name) or []
    except PackageNotFoundError:
        return set()
    texts: Mapping[str, str] = {
        str(part): Path(str(part.locate())).read_text(encoding="utf-8", errors="replace")
        for part in parts
        if part.suffix == ".py" and not {"tests", "test"} & set(part.parts)
    }
    return {what for text in texts.values() for what in IN_PACKAGES.findall(text)}
