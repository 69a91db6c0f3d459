"""What a refusal is."""

from __future__ import annotations

import re
from typing import Any, ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from registry.sentences import joined

Text = str | Promise


class Refusal(Exception):
    """A named refusal.

    ``code`` is printed to people and never changes its meaning; ``slug`` names the problem type for machines;
    ``field`` is the input that must change ("" when no single field is to blame).
    """

    code: ClassVar[str] = "R-000"
    status: ClassVar[int] = 422
    message: ClassVar[Text] = _("This cannot be done.")
    remedy: ClassVar[Text] = ""

    def __init__(self, field: str = "", **facts: Any) -> None:
        super().__init__(self.code)
        self.field = field
        self.facts = facts

    @property
    def slug(self) -> str:
        return re.sub(r"(?<!^)(?=[A-Z])", "-", type(self).__name__).lower()

    @property
    def text(self) -> str:
        """What is wrong and the remedy, in the active language."""
        return joined(str(self.message) % self.facts, str(self.remedy) % self.facts)

    def __str__(self) -> str:
        return f"{self.code} {self.text}"


class Refusals(Exception):
    """Several refusals found in one form, so that the reader mends them all at once."""

    def __init__(self, refusals: list[Refusal]) -> None:
        super().__init__(", ".join(refusal.code for refusal in refusals))
        self.refusals = refusals

    def __str__(self) -> str:
        return "; ".join(str(refusal) for refusal in self.refusals)
