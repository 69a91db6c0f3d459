"""A walk with the keyboard alone: what is used is reached with Tab and can be seen to have the focus.

It counts what fingers and head do, as the keystroke-level model does (Card, Moran and Newell, "The keystroke-level model",
Communications of the ACM 23 (7), 1980): a key of somebody who types 40 words a minute 0.28 s, a thought before each field
1.35 s. What is read in the judgment meanwhile is not in it.
"""

from __future__ import annotations

from dataclasses import dataclass

from playwright.sync_api import Locator

from tests.journeys.walking import Walker

KEY_SECONDS, THOUGHT_SECONDS = 0.28, 1.35
MOST_TABS, MOST_ARROWS = 250, 150

# The ring round the element itself, or round the box that is drawn for it.
SEEN = """
() => {
  const focused = document.activeElement;
  const drawn = [getComputedStyle(focused)];
  for (const label of focused.labels ?? []) drawn.push(getComputedStyle(label, '::before'), getComputedStyle(label));
  return drawn.some(style => (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0) || style.boxShadow !== 'none');
}
"""


@dataclass
class Keyboard:
    """``keys`` and ``thoughts`` so far."""

    walker: Walker
    keys: int = 0
    thoughts: int = 0

    @property
    def seconds(self) -> float:
        return self.keys * KEY_SECONDS + self.thoughts * THOUGHT_SECONDS

    def reach(self, selector: str) -> Locator:
        """Go on with Tab until the focus is there."""
        self.thoughts += 1
        wanted = self.walker.page.locator(selector).first
        wanted.wait_for(state="attached")
        for _ in range(MOST_TABS):
            if wanted.evaluate("each => each === document.activeElement"):
                assert self.walker.page.evaluate(SEEN), (
                    f"{self.walker.page.url}: the focus on {selector} cannot be seen"
                )
                return wanted
            self.hit("Tab")
        raise AssertionError(f"{self.walker.page.url}: {selector} is not reached with Tab")

    def hit(self, key: str) -> None:
        self.walker.page.keyboard.press(key)
        self.keys += 1

    def type(self, **fields: str) -> None:
        for name, text in fields.items():
            self.reach(f'[name="{name.replace("__", "-")}"]')
            self.walker.page.keyboard.press("ControlOrMeta+A")
            self.walker.page.keyboard.type(text)
            self.keys += len(text)

    def choose(self, **fields: str) -> None:
        """In a list, with the arrow; what is typed ahead to be quicker is left out."""
        for name, value in fields.items():
            field = self.reach(f'select[name="{name.replace("__", "-")}"]')
            for _ in range(MOST_ARROWS):
                if field.input_value() == value:
                    break
                self.hit("ArrowDown")
            assert field.input_value() == value, f"{name} has no {value}"

    def pick(self, name: str, value: str) -> None:
        """One of several: the group is entered with Tab, the arrow goes on within it."""
        self.thoughts += 1
        wanted = self.walker.page.locator(f'input[name="{name}"][value="{value}"]')
        for _ in range(MOST_TABS):
            if self.walker.page.evaluate("name => document.activeElement.name === name", name):
                break
            self.hit("Tab")
        self.hit("Space")
        for _ in range(MOST_ARROWS):
            if wanted.is_checked():
                break
            self.hit("ArrowDown")
        assert wanted.is_checked(), f"{self.walker.page.url}: {name} has no {value} for the keyboard"
        assert self.walker.page.evaluate(SEEN)

    def tick(self, selector: str) -> None:
        box = self.reach(selector)
        self.hit("Space")
        assert box.is_checked()

    def press(self, selector: str) -> None:
        """A button or link that leads to another page."""
        self.reach(selector)
        with self.walker.page.expect_navigation():
            self.hit("Enter")
        self.walker.look()

    def button(self, words: str) -> None:
        self.press(f'main :is(a, button):text-is("{words}")')
