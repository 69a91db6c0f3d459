"""Readers of strangers' text under hostile inputs: nothing but a value or a named refusal, one form each, in linear time.

A slice of what `make ledger NAME=parsers` runs for longer: 7 × 3,000 inputs, and the Unicode of A27 by name.
"""

from __future__ import annotations

import re
import time
import unicodedata
from collections.abc import Callable, Iterator
from statistics import median

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from registry import case_number, identity
from registry.errors import CaseNumberShape, DocumentShape, Refusal
from sharing import addresses
from sharing.employers import uploads
from sharing.receiver.calling import wait_asked_for
from tests.cast import DEFENDANT_NUMBER, SECOND_NUMBER
from tests.fuzzing.inputs import ALPHABET, text_of
from tests.fuzzing.parsers import CASES, PARSERS, TODAY, resolved_here
from tests.fuzzing.planted import DEFECTS, Defect
from tests.ledger import parsers as ledger

EXAMPLES = 3000
WIDE = {ord(narrow): wide for narrow, wide in zip("0123456789X", "０１２３４５６７８９Ｘ", strict=True)}
BOLD = {ord(str(digit)): chr(0x1D7CE + digit) for digit in range(10)}


@pytest.fixture(scope="module", autouse=True)
def _nobody_is_asked() -> Iterator[None]:
    with resolved_here():
        yield


@pytest.mark.slow
@pytest.mark.parametrize("parser", PARSERS)
@pytest.mark.timeout(300)
def test_whatever_is_sent_is_taken_in_one_form_or_refused_by_name(parser: str) -> None:
    @settings(max_examples=EXAMPLES, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(st.binary(min_size=1, max_size=90))
    def holds(data: bytes) -> None:
        PARSERS[parser](data)

    holds()


@pytest.mark.parametrize("defect", DEFECTS, ids=lambda defect: defect.name)
def test_a_planted_defect_is_caught(defect: Defect) -> None:
    assert ledger._caught(defect, seed=1).startswith("caught after ")


def test_the_alphabet_holds_what_has_fooled_readers() -> None:
    assert len(ALPHABET) <= 256
    assert {unicodedata.category(each) for each in ALPHABET} >= {"Nd", "No", "Nl", "Mn", "Cf", "Cs", "Co", "Cn", "Zs"}
    assert text_of(b"\x01\x0a\x14", ()) == ALPHABET[10] + ALPHABET[20]


@pytest.mark.parametrize(
    "typed",
    [
        DEFENDANT_NUMBER.translate(WIDE),
        DEFENDANT_NUMBER.translate(BOLD),
        "\u3000" + " ".join(DEFENDANT_NUMBER) + "\u3000",
        DEFENDANT_NUMBER.replace("3", "③"),
    ],
)
def test_the_same_person_is_the_same_digest_however_he_is_typed(typed: str) -> None:
    assert _sought(typed) == _sought(DEFENDANT_NUMBER)


@pytest.mark.parametrize("last", ["X", "x", "Ｘ", "ｘ", "Ⅹ"])
def test_every_x_that_is_compatible_is_one_check_character(last: str) -> None:
    sound = next(each for each in map(_number_of, range(1, 200)) if each.endswith("X"))
    assert _sought(sound[:-1] + last) == _sought(sound)


@pytest.mark.parametrize("last", ["Х", "Χ", "×", "X\u0301", "✗"])
def test_what_only_looks_like_an_x_is_refused(last: str) -> None:
    sound = next(each for each in map(_number_of, range(1, 200)) if each.endswith("X"))
    with pytest.raises(DocumentShape):
        _sought(sound[:-1] + last)


@pytest.mark.parametrize(
    "inserted",
    ["\u200d", "\u200b", "\ufe0f", "\U000e0100", "\u0301", "\u202e", "\ue000", "\ud800", "\x00", "\u00ad", "٣"],
)
def test_nothing_invisible_hides_in_a_number(inserted: str) -> None:
    with pytest.raises(DocumentShape):
        _sought(DEFENDANT_NUMBER[:6] + inserted + DEFENDANT_NUMBER[6:])


@pytest.mark.parametrize("script", ["٠١٢٣٤٥٦٧٨٩", "०१२३४५६७८९", "০১২৩৪৫৬৭৮৯", "๐๑๒๓๔๕๖๗๘๙"])
def test_digits_of_another_script_are_no_digits(script: str) -> None:
    other = DEFENDANT_NUMBER.translate({ord(str(digit)): script[digit] for digit in range(10)})
    for kept in (0, 6, 14, 16):
        with pytest.raises(DocumentShape):
            _sought(DEFENDANT_NUMBER[:kept] + other[kept:-1] + DEFENDANT_NUMBER[-1])
    with pytest.raises(CaseNumberShape):
        case_number.parse(CASES[0].replace("123", script[1:4]), today=TODAY)


@pytest.mark.parametrize(("one", "other"), [("王", "玊"), ("日", "曰"), ("土", "士"), ("末", "未"), ("高䶮", "高龑")])
def test_two_people_whose_names_look_alike_never_merge(one: str, other: str) -> None:
    assert identity.name_form(one) != identity.name_form(other)
    assert _sought(DEFENDANT_NUMBER) != _sought(SECOND_NUMBER)


@pytest.mark.parametrize(("asked", "granted"), [("120", 120), ("٣٠", 0), ("1_0", 0), ("-5", 0), ("9" * 9, 3600), ("9" * 5000, 0)])  # fmt: skip
def test_a_receiver_reads_a_wish_to_wait_as_ascii_digits_alone(asked: str, granted: int) -> None:
    assert wait_asked_for({"retry-after": asked}) == granted


# Time: twice the input may take twice the time, and what is too long is refused before it is looked at.


def _refused(reader: Callable[[], object]) -> None:
    try:
        reader()
    except Refusal:
        return


TIMED: dict[str, Callable[[str], object]] = {
    "document number": lambda text: identity.canonical("resident_id", text, today=TODAY),
    "case number": lambda text: case_number.parse(text, today=TODAY, court="京0105"),
    "name": identity.canonical_name,
    "URL": addresses.check_url,
    "CSV": lambda text: list(uploads.read(f"姓名,证件号码,授权同意码\n{text},1,2\n".encode(), most_rows=10)),
}
SHAPES = ("1", "（2023）京0105刑初", "刑", "a.", "%20", "١", '"', ",", "\n", "a\u0301")


def seconds(reader: Callable[[str], object], text: str) -> float:
    """The median of several tries: what the machine does meanwhile must not decide."""
    tries = []
    for _ in range(5):
        start = time.process_time()
        _refused(lambda: reader(text))
        tries.append(time.process_time() - start)
    return median(tries)


def grows_faster_than_its_input(reader: Callable[[str], object], shape: str) -> bool:
    """Over ten times the input, from where it can be measured; below a millisecond nothing is measured but noise."""
    short, long = (seconds(reader, shape * (size // len(shape))) for size in (20_000, 200_000))
    return long > 0.01 and long > 25 * max(short, 0.0004)


@pytest.mark.parametrize("shape", SHAPES, ids=ascii)
@pytest.mark.parametrize("reader", TIMED)
def test_no_reader_takes_more_than_linear_time(reader: str, shape: str) -> None:
    assert not grows_faster_than_its_input(TIMED[reader], shape)


@pytest.mark.parametrize("reader", ["document number", "case number", "name", "URL"])
def test_a_million_characters_are_refused_at_once(reader: str) -> None:
    assert seconds(TIMED[reader], "1" * 1_000_000) < 0.01


@pytest.mark.parametrize("length", [16, 32, 64])
def test_at_the_longest_that_is_looked_at_every_reader_is_fast(length: int) -> None:
    """Within the limit, where the patterns do work: what almost fits is what makes a bad pattern slow."""
    for shape in ("1", "刑", "（2023）京0105" + "刑" * length, "a", "-" * length + "A"):
        for reader in TIMED.values():
            assert seconds(reader, (shape * length)[:length]) < 0.01


def test_a_slow_pattern_would_be_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(case_number, "WITH_CODE", re.compile(r"(1+)+号"))
    start = time.process_time()
    _refused(lambda: TIMED["case number"]("1" * 22))
    assert time.process_time() - start > 0.05


def _sought(typed: str) -> str:
    """What entry and screening digest; both call this, and nothing else."""
    return identity.key_form("resident_id", identity.canonical("resident_id", typed, today=TODAY))


def _number_of(order: int) -> str:
    first = f"11010519880304{order:03}"
    return first + identity.resident_check(first)
