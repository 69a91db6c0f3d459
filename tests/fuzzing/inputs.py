"""Bytes to hostile text, so that a fuzzer which only knows bytes reaches the characters that matter (A27).

24 million runs over plain bytes missed a digit of another script; over this alphabet it takes seconds.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

_DIGITS = "0123456789" + "０１２３４５６７８９" + "٠١٢٣٤٥٦٧٨٩" + "०१२३" + "𝟎𝟏𝟐𝟗𝟬𝟶" + "①②⓪㈠五〇零³½Ⅷ"
_LETTERS = "XxＸｘХхΧⅩ×" + "OoIlıİßſK" + "ABCDEFGHJKLMNPQRTUWXY" + "abcdefghjk"
_HAN = "京沪刑初终民字第号年院法王玊高䶮曾㐂𠮷豈" + "\ufa10\uf900\U0002f800" + "年"
_INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff\u00ad\u202e\u2066\ufe0f\ufe00\U000e0100\u0301\u0307\u180b\u034f\u115f"
_SPACES = " \t\n\r\v\f\x1c\x1f\x85\xa0\u2003\u2028\u2029\u3000\u1680"
_NOBODYS = "\x00\x01\x1b\x7f\x9f\ue000\uf8ff\ufdd0\uffff\U0010ffff\ud800\udfff\udc80"
_MARKS = "（）()〔〕[]【】〈〉﹙⁽.,;:·•。．-_—－+=@＝＋＠*/\\|'\"`<>&%#?!~^$€{}"

ALPHABET: Final = (_DIGITS + _LETTERS + _HAN + _INVISIBLE + _SPACES + _NOBODYS + _MARKS)[:256]


def text_of(data: bytes, models: Sequence[str] = ("",)) -> str:
    """The first byte chooses: UTF-8 with halves of pairs, the alphabet, or a sound model with places overwritten.

    ``models``: what the parser takes, so that what is nearly right is tried as often as what is all wrong.
    """
    kind, rest = data[:1] or b"\0", data[1:]
    if kind[0] % 4 == 0:
        return rest.decode("utf-8", "surrogateescape")
    if kind[0] % 4 == 1:
        return "".join(map(_character, rest))
    model = models[kind[0] // 4 % len(models)]
    return _overwritten(model, rest) if kind[0] % 4 == 2 else _inserted(model, rest)


def _character(byte: int) -> str:
    return ALPHABET[byte % len(ALPHABET)]


def _overwritten(model: str, pairs: bytes) -> str:
    letters = list(model)
    for place, byte in zip(pairs[::2], pairs[1::2], strict=False):
        if letters:
            letters[place % len(letters)] = _character(byte)
    return "".join(letters)


def _inserted(model: str, pairs: bytes) -> str:
    letters = list(model)
    for place, byte in zip(pairs[::2], pairs[1::2], strict=False):
        letters.insert(place % (len(letters) + 1), _character(byte))
    return "".join(letters)
