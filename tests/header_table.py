"""What every answer must tell a browser: the Observatory's table (docs/decisions/0059), as rules over one answer.

Each rule names what is wrong, in words; `faults` is empty where nothing is. `score` counts as Mozilla's HTTP Observatory does.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

YEAR = 365 * 24 * 3600
# Who may keep what, beside static files: the log and the figures are everybody's, the keys and status lists too.
KEPT_BY_ANYBODY = {
    "public:statistics", "public:statistics_method", "public:release", "public:release_file", "public:log_checkpoint",
    "public:log_tile", "public:log_checkpoint_of_epoch", "public:log_tile_of_epoch", "public:schema", "public:file", "keys",
    "webhook_keys", "status_list",
}  # fmt: skip
SHOWN_ANYWHERE = {"public:release_file"}
# What says the same to everybody and is read by programs in others' pages, never with their cookies (C2SP tlog-tiles).
READ_ANYWHERE = {
    "public:log_checkpoint", "public:log_tile", "public:log_checkpoint_of_epoch", "public:log_tile_of_epoch", "status_list",
}  # fmt: skip
POLICY = {
    "default-src": {"'none'"},
    "script-src": {"'self'"},
    "style-src": {"'self'"},
    "img-src": {"'self'"},
    "font-src": {"'self'"},
    "connect-src": {"'self'"},
    "object-src": {"'none'"},
    "base-uri": {"'none'"},
    "form-action": {"'self'"},
    "frame-ancestors": {"'none'"},
    "report-uri": {"/csp-report"},
    "report-to": {"csp"},
}
DESCRIBED = {"console"}  # the API's own description draws its icons from its style sheet
EXACTLY = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Reporting-Endpoints": 'csp="/csp-report"',
}
NEVER = ("Access-Control-Allow-Credentials", "Server", "X-Powered-By")
BONUS = {"csp": 10, "cookies": 5, "frames": 5, "referrer": 5, "resources": 10}
MARKED_UP_FROM = 90


def faults(answer: Any, name: str) -> list[str]:
    """Of the answer of the route ``name``, over https, with production's settings."""
    return [*_headers(answer, name), *_contents(answer, name), *_caching(answer, name), *_cookies(answer)]


def directives(policy: str) -> dict[str, set[str]]:
    """A Content-Security-Policy by its directives."""
    parts = [part.split() for part in policy.split(";") if part.strip()]
    return {words[0]: set(words[1:]) for words in parts}


def score(answer: Any) -> int:
    """A hundred, and what Mozilla's HTTP Observatory adds for each of its tests that is passed in full; A+ from 100 on.

    Of its tests "redirection" and "subresource integrity" depend on no header of one answer: https://github.com/mdn/mdn-http-observatory.
    """
    policy = directives(answer.get("Content-Security-Policy", ""))
    passed = {
        "csp": policy.get("default-src") == {"'none'"} and not _unsafe(policy),
        "cookies": all(each["secure"] and each["samesite"] for each in answer.cookies.values()),
        "frames": policy.get("frame-ancestors") == {"'none'"},
        "referrer": answer.get("Referrer-Policy") in {"no-referrer", "same-origin", "strict-origin"},
        "resources": answer.get("Cross-Origin-Resource-Policy") in {"same-origin", "same-site"},
    }
    lost = {
        "csp": 25 * (not policy or _unsafe(policy)),
        "hsts": 20 * (_age(answer) < YEAR // 2),
        "nosniff": 5 * (answer.get("X-Content-Type-Options") != "nosniff"),
        "cookies": 20 * (not passed["cookies"]),
        "frames": 20 * (not passed["frames"] and "X-Frame-Options" not in answer.headers),
        "cors": 50 * ("Access-Control-Allow-Origin" in answer.headers),
    }
    total = int(100 - sum(lost.values()))
    bonus = sum(BONUS[each] for each, good in passed.items() if good)
    return total + bonus if total >= MARKED_UP_FROM else total


def _unsafe(policy: Mapping[str, set[str]]) -> bool:
    values = set().union(*policy.values()) if policy else set()
    return bool(values & {"'unsafe-inline'", "'unsafe-eval'", "*", "http:", "https:"})


def _headers(answer: Any, name: str) -> Iterator[str]:
    for header, value in EXACTLY.items():
        if answer.get(header) != value:
            yield f"{header} is {answer.get(header)!r}"
    for header in NEVER:
        if header in answer.headers:
            yield f"{header} is there"
    if answer.get("Access-Control-Allow-Origin") not in {None, *("*" for _ in READ_ANYWHERE & {name})}:
        yield "Access-Control-Allow-Origin is there"
    if _age(answer) < YEAR or "includeSubDomains" not in answer.get("Strict-Transport-Security", ""):
        yield f"Strict-Transport-Security is {answer.get('Strict-Transport-Security')!r}"
    shown = {"same-origin", *("cross-origin" for _ in (READ_ANYWHERE | SHOWN_ANYWHERE) & {name})}
    if answer.get("Cross-Origin-Resource-Policy") not in shown:
        yield f"Cross-Origin-Resource-Policy is {answer.get('Cross-Origin-Resource-Policy')!r}"
    if not answer.get("Permissions-Policy"):
        yield "Permissions-Policy is missing"


def _contents(answer: Any, name: str) -> Iterator[str]:
    """Pages have the one policy; a file may be in a sandbox instead."""
    policy = directives(answer.get("Content-Security-Policy", ""))
    if "sandbox" in policy and not answer.get("Content-Type", "").startswith("text/html"):
        return
    described = {**POLICY, "img-src": {"'self'", "data:"}}
    if policy not in ((described, POLICY) if name in DESCRIBED else (POLICY,)):
        yield f"Content-Security-Policy is {answer.get('Content-Security-Policy')!r}"


def _caching(answer: Any, name: str) -> Iterator[str]:
    said = answer.get("Cache-Control", "")
    if "no-store" in said:
        return
    if name not in KEPT_BY_ANYBODY:
        yield f"Cache-Control is {said!r}"
    if "Set-Cookie" in answer.headers or any(answer.cookies.values()):
        yield "a cookie is set by an answer that anybody may keep"


def _cookies(answer: Any) -> Iterator[str]:
    for name, cookie in answer.cookies.items():
        if not cookie.value and cookie["max-age"] == 0:
            continue
        whole = cookie["secure"] and cookie["httponly"] and cookie["samesite"] in {"Lax", "Strict"}
        if not (whole and name.startswith("__Host-") and cookie["path"] == "/" and not cookie["domain"]):
            yield f"a cookie: {cookie.OutputString().replace(cookie.value, '…')}"


def _age(answer: Any) -> int:
    parts = answer.get("Strict-Transport-Security", "").split(";")
    return next((int(part.strip().removeprefix("max-age=")) for part in parts if "max-age=" in part), 0)
