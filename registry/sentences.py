"""Sentences one after another."""

from __future__ import annotations

_FULL_WIDTH = ("。", "！", "？", "；", "：", "，", "”", "）")


def joined(*sentences: object) -> str:
    """As their language writes them: Chinese leaves no blank behind its stops. What says nothing is left out; lazy texts are read in
    the active language.
    """
    said = ""
    for sentence in filter(None, map(str, sentences)):
        said += sentence if not said or said.endswith(_FULL_WIDTH) else f" {sentence}"
    return said
