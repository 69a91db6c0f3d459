"""Asks at the terminal, or takes a file's answers; what was answered is kept at once."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from django.utils.translation import gettext as _

from config.installing import answers as kept
from config.installing.findings import Finding, Stopped, is_red, red, show
from config.installing.questions import NOTHING, QUESTIONS, Question


class Ended(Exception):
    """Nobody answers any more: Ctrl-C, or the end of the input."""


def from_file(given: Mapping[str, str], more: Mapping[str, str]) -> dict[str, str]:
    """All answers. Stopped, with everything that is wrong and not only the first."""
    known = {question.name for question in QUESTIONS}
    remedy = _("Take it out; known are: {names}").format(names=", ".join(sorted(known)))
    wrong = [red(name, _("there is no such question"), remedy) for name in given if name not in known]
    answers = {**more}
    for question in QUESTIONS:
        value = given.get(question.name)
        if value is None:
            value = question.default(answers) if question.default else ""
        answers[question.name] = value
        wrong += _judged(question, value, answers)
    if is_red(wrong):
        raise Stopped(*wrong)
    show(wrong)
    return answers


def at_the_terminal(file: Path, more: Mapping[str, str], *, ask: Callable[[str], str] = input) -> dict[str, str]:
    """All answers: kept ones that are still right, and the rest as typed. Raises Ended; what was typed is kept."""
    before = kept.read(file) if file.exists() else {}
    answers = {**more}
    for question in QUESTIONS:
        value = before.get(question.name)
        if value is not None and not is_red(_judged(question, value, answers)):
            sys.stdout.write(f"  {question.name} = {value}\n")
        else:
            value = _asked(question, answers, ask)
        answers[question.name] = value
        kept.keep(file, {**before, **{name: each for name, each in answers.items() if name not in more}})
    return answers


def _asked(question: Question, answers: Mapping[str, str], ask: Callable[[str], str]) -> str:
    """Until it is right."""
    default = question.default(answers) if question.default else ""
    while True:
        try:
            typed = ask(f"{question.asks}{f' [{default}]' if default else ''}: ").strip()
        except (EOFError, KeyboardInterrupt):
            raise Ended from None
        value = "" if typed == NOTHING else typed or default
        wrong = _judged(question, value, answers)
        show(wrong)
        if not is_red(wrong):
            return value


def _judged(question: Question, value: str, answers: Mapping[str, str]) -> list[Finding]:
    if not value and not question.may_be_empty:
        remedy = _("Answer “{name}”: {asks}").format(name=question.name, asks=question.asks)
        return [red(question.name, _("an answer is missing"), remedy)]
    try:
        return [each for each in question.judged(value, answers) if each.remedy]
    except (KeyError, ValueError, OSError) as error:
        said = _("the answer cannot be looked at ({why})").format(why=type(error).__name__)
        return [red(question.name, said, str(question.asks))]
