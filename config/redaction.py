"""The last line of defence of the log: what is shaped like a person, a number of his, or a secret, is left out.

No message is meant to hold any of it. What a library, a driver or an uncaught error says is not ours to choose; so every
line is read once more before it is written, by shape and not by meaning. Leaving out too much costs a look into the
book by reference; leaving out too little cannot be taken back.
"""

from __future__ import annotations

import re

HIDDEN = "…"
_DIGIT = r"[0-9\uFF10-\uFF19]"
_UNIT = "[0-9A-HJ-NPQRTUWXY]"  # GB 32100-2015
_ALONE = r"(?<![0-9A-Za-z])(?:{})(?![0-9A-Za-z])"
_HAN = r"[\u2E80-\u2FDF\u3005\u3007\u3400-\u4DBF\u4E00-\u9FFF\uF900-\uFAFF\U00020000-\U0003FFFF]"
# Identifiers of our own rows: a short word and a ULID.
_OWN_ID = r"[a-z]{2,8}_[0-9A-HJKMNP-TV-Z]{26}(?![A-Za-z0-9_-])"

# What is kept of a finding, where something is: the groups.
_SHAPES: tuple[tuple[str, str], ...] = (
    # What PostgreSQL adds to an error, and what its messages quote: values of the row.
    (r"(\b(?:DETAIL|CONTEXT|STATEMENT|QUERY|PARAMETERS?):)[^\n]*", rf"\1 {HIDDEN}"),
    (r"(\bKey )\([^\n]*?\)=\([^\n]*\)", rf"\1{HIDDEN}"),
    (r"(\bFailing row contains )[^\n]*", rf"\1{HIDDEN}"),
    (r"(\b(?:invalid (?:input|byte)|malformed|out of range|too long|date/time)[^\n]*?)\"[^\n]*\"", rf'\1"{HIDDEN}"'),
    # Who signs in with what.
    (r"(?i)(\b(?:bearer|basic)\s+)[^\s\"',]+", rf"\1{HIDDEN}"),
    (
        r"(?i)((?:password|passwd|secret|token|api_?key|session(?:id)?|csrf(?:token)?|csrfmiddlewaretoken|otp)"
        r"[\"']?\s*[=:]\s*[\"']?)[^\s\"',;&)}]+",
        rf"\1{HIDDEN}",
    ),
    (r"(//)[^/\s:@\"']*:[^/\s@\"']*@", rf"\1{HIDDEN}@"),
    (r"(\bwh(?:sec|sk)_)[A-Za-z0-9+/_=-]+", rf"\1{HIDDEN}"),
    # What an address asks for.
    (r"(\b(?:GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS) [^\s?\"]*\?)[^\s\"]*", rf"\1{HIDDEN}"),
    (r"(\bhttps?://[^\s?\"'<>]+\?)[^\s\"'<>]*", rf"\1{HIDDEN}"),
    (r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+", HIDDEN),
    # Documents: resident numbers of today and before 1999, valid or not, unified codes of organisations; telephones.
    (_ALONE.format(rf"{_DIGIT}{{17}}[0-9XxＸｘ\uFF10-\uFF19]|{_DIGIT}{{15}}"), HIDDEN),
    (_ALONE.format(rf"{_UNIT}{{2}}[0-9]{{6}}{_UNIT}{{10}}"), HIDDEN),
    (r"(?<![0-9A-Za-z])(?:\+?86[- ]?)?1[3-9][0-9](?:[- ]?[0-9]{4}){2}(?![0-9A-Za-z])", HIDDEN),
    # Keys, codes of sessions, digests, anything drawn: base64 of 32 bytes, long hex, three kinds of characters mixed.
    (r"[A-Za-z0-9+/]{22,}={1,2}", HIDDEN),
    (_ALONE.format(r"(?=[a-z]*[0-9])(?=[0-9]*[a-z])[0-9a-z]{32,}"), HIDDEN),
    (
        rf"(?<![A-Za-z0-9_-])(?!{_OWN_ID})(?=[A-Za-z_-]*[0-9])(?=[A-Z0-9_-]*[a-z])(?=[a-z0-9_-]*[A-Z])"
        r"[A-Za-z0-9_-]{24,}",
        HIDDEN,
    ),
    # One token of 32 bytes in 1,400 has no digit; of those one in 18,000 has no more than eight capitals, as names of
    # classes have.
    (r"(?<![A-Za-z0-9_-])(?=(?:[a-z_-]*[A-Z]){9})(?=(?:[A-Z_-]*[a-z]){2})[A-Za-z_-]{32,}", HIDDEN),
    # Names: the log speaks English, so two Han characters are somebody's or something's; as they are, or written escaped.
    (rf"{_HAN}{{2,}}(?:·{_HAN}+)*", HIDDEN),
    (r"(?:\\u[0-9a-fA-F]{4}|\\U[0-9a-fA-F]{8}){2,}", HIDDEN),
    (r"(?:\\x[89a-fA-F][0-9a-fA-F]){3,}", HIDDEN),
    (r"(?:%[89a-fA-F][0-9a-fA-F]){3,}", HIDDEN),
)
_RULES: tuple[tuple[re.Pattern[str], str], ...] = tuple((re.compile(shape), kept) for shape, kept in _SHAPES)

# Control characters, also those of one byte that terminals obey, and those that make a new line or turn it round.
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u061C\u200B-\u200F\u2028-\u202E\u2066-\u2069\uFEFF\uD800-\uDFFF]")


def redacted(text: str) -> str:
    """The text without what is shaped like somebody's data or a secret."""
    for rule, kept in _RULES:
        text = rule.sub(kept, text)
    return text


def printable(text: str) -> str:
    """One line that a terminal shows as it is: what would end or change it is written as Python escapes it."""
    return _UNPRINTABLE.sub(_escaped, text)


def _escaped(found: re.Match[str]) -> str:
    return ascii(found[0])[1:-1]
