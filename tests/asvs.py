"""The table of OWASP ASVS 5.0.0 (docs/asvs.csv): its rows, what they rest on, and their figures.

Of the standard (CC BY-SA 4.0) only the numbers of its requirements are here: how many each section has, and their levels.
"""

from __future__ import annotations

import ast
import csv
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TABLE, DOCUMENT = ROOT / "docs" / "asvs.csv", ROOT / "docs" / "security.md"
BEGIN, END = "<!-- figures -->\n", "<!-- /figures -->"
STATES = ("met", "not applicable", "not met")
WHO = ("product", "operator", "both")

# Section → the level of each of its requirements, in order.
LEVELS = {
    "1.1": "22", "1.2": "1111122223", "1.3": "112222222223", "1.4": "222", "1.5": "123", "2.1": "122", "2.2": "112",
    "2.3": "12223", "2.4": "23", "3.1": "3", "3.2": "113", "3.3": "12223", "3.4": "11222233", "3.5": "11122333",
    "3.6": "3", "3.7": "22333", "4.1": "12233", "4.2": "23333", "4.3": "22", "4.4": "1222", "5.1": "2",
    "5.2": "112333", "5.3": "113", "5.4": "222", "6.1": "122", "6.2": "111111112222", "6.3": "11223333",
    "6.4": "112233", "6.5": "22222333", "6.6": "2223", "6.7": "33", "6.8": "2222", "7.1": "222", "7.2": "1111",
    "7.3": "22", "7.4": "11222", "7.5": "223", "7.6": "22", "8.1": "1233", "8.2": "1123", "8.3": "133", "8.4": "23",
    "9.1": "111", "9.2": "1222", "10.1": "22", "10.2": "223", "10.3": "22223", "10.4": "1111122222233333",
    "10.5": "22222", "10.6": "22", "10.7": "222", "11.1": "2233", "11.2": "22233", "11.3": "11233", "11.4": "1222",
    "11.5": "23", "11.6": "23", "11.7": "33", "12.1": "12233", "12.2": "11", "12.3": "22223", "13.1": "2333",
    "13.2": "222223", "13.3": "2233", "13.4": "1222233", "14.1": "22", "14.2": "12223333", "14.3": "122",
    "15.1": "12233", "15.2": "12233", "15.3": "1222222", "15.4": "3333", "16.1": "2", "16.2": "22222",
    "16.3": "2222", "16.4": "222", "16.5": "2223", "17.1": "23", "17.2": "22223333", "17.3": "22",
}  # fmt: skip


@dataclass(frozen=True)
class Row:
    id: str
    level: int
    state: str
    by: str
    what: str
    evidence: tuple[str, ...]


def rows() -> list[Row]:
    with TABLE.open(encoding="utf-8", newline="") as table:
        return [
            Row(
                each["id"], int(each["level"]), each["state"], each["by"], each["what"], tuple(each["evidence"].split())
            )
            for each in csv.DictReader(table)
        ]


def requirements() -> Iterator[tuple[str, int]]:
    for section, levels in LEVELS.items():
        for number, level in enumerate(levels, start=1):
            yield f"{section}.{number}", int(level)


def is_there(evidence: str) -> bool:
    """Whether the test (``tests/test_x.py::test_y``) or the section of a document (``docs/x.md#section``) exists."""
    path, parted, name = evidence.partition("::")
    if parted:
        return name.startswith("test_") and name in _functions(path)
    path, parted, section = evidence.partition("#")
    return path.startswith("docs/") and section in _sections(path)


def figures(table: list[Row]) -> str:
    """The table of figures of docs/security.md."""
    count = Counter((row.level, row.state) for row in table)
    lines = ["| level | requirements | met | not applicable | not met |", "|---|---|---|---|---|"]
    for level in (1, 2, 3):
        numbers = [count[level, state] for state in STATES]
        lines.append(f"| L{level} | {sum(numbers)} | {' | '.join(map(str, numbers))} |")
    of_operator = sum(row.state == "met" and row.by != "product" for row in table)
    tested = sum(any("::" in each for each in row.evidence) for row in table)
    missing = [f"- **{row.id}** (L{row.level}) {row.what}." for row in table if row.state == "not met"]
    return "\n".join(
        [
            *lines,
            "",
            f"Tests stand beside {tested} of them; {of_operator} of those met rest on the operator as well, or on him alone.",
            "",
            "**Not met:**",
            "",
            *missing,
            "",
        ]
    )


def shown() -> str:
    """What docs/security.md has between its two marks."""
    return DOCUMENT.read_text("utf-8").partition(BEGIN)[2].partition(END)[0]


def write() -> None:
    text = DOCUMENT.read_text("utf-8")
    before, after = text.partition(BEGIN)[0], text.partition(END)[2]
    DOCUMENT.write_text(f"{before}{BEGIN}{figures(rows())}{END}{after}", "utf-8")


@cache
def _functions(path: str) -> frozenset[str]:
    file = ROOT / path
    if not file.is_file():
        return frozenset()
    tree = ast.parse(file.read_text("utf-8"))
    return frozenset(each.name for each in ast.walk(tree) if isinstance(each, ast.FunctionDef))


@cache
def _sections(path: str) -> frozenset[str]:
    """As GitHub names them; "" for the whole document."""
    file = ROOT / path
    if not file.is_file():
        return frozenset()
    headings = re.findall(r"^#+ +(.+)$", file.read_text("utf-8"), re.MULTILINE)
    return frozenset({"", *(re.sub(r"[^\w\- ]", "", each.lower()).replace(" ", "-") for each in headings)})


if __name__ == "__main__":
    write()
