"""Identity numbers and names: what is accepted, in which form, and what is refused by which name."""

from __future__ import annotations

import string
from datetime import date, timedelta

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from stdnum.cn import uscc

from registry import codes
from registry.errors import (
    CheckDigit,
    DocumentShape,
    ImpossibleBirthDate,
    NameShape,
    Refusal,
    UnknownArea,
    UnknownDocumentType,
)
from registry.identity import (
    UNIT_ALPHABET,
    age_on,
    birth_date,
    canonical,
    canonical_name,
    key_form,
    masked,
    name_form,
    resident_check,
    unit_check,
)

TODAY = date(2026, 11, 24)
NUMBER = "110105198803041236"
UNIT = "91110000600037341L"  # the sample of python-stdnum

areas = st.sampled_from(sorted(codes.entries("areas")))
births = st.dates(date(1900, 1, 1), TODAY)
residents = st.builds(
    lambda area, rest, birth, order: _with_check(f"{area}{rest:04}{birth:%Y%m%d}{order:03}"),
    areas,
    st.integers(0, 9999),
    births,
    st.integers(0, 999),
)
units = st.builds(
    lambda kind, area, body: (first := kind + area + body) + unit_check(first),
    st.text("123456789", min_size=2, max_size=2),
    st.text(string.digits, min_size=6, max_size=6),
    st.text(UNIT_ALPHABET, min_size=9, max_size=9),
)


def _with_check(first_17: str) -> str:
    return first_17 + resident_check(first_17)


def resident(typed: str) -> str:
    return canonical("resident_id", typed, today=TODAY)


def test_the_worked_example_of_the_standard_has_its_check_character() -> None:
    assert resident_check("11010519491231002") == "X"  # GB 11643, annex
    assert resident("11010519491231002x") == "11010519491231002X"


@given(residents)
def test_every_sound_resident_number_is_kept_and_tells_its_birth_date(number: str) -> None:
    assert resident(number) == number
    assert birth_date("resident_id", number) == date(int(number[6:10]), int(number[10:12]), int(number[12:14]))


@given(residents, st.integers(0, 17), st.sampled_from(string.digits))
def test_one_mistyped_digit_is_always_refused(number: str, place: int, digit: str) -> None:
    wrong = number[:place] + digit + number[place + 1 :]
    assume(wrong != number)
    with pytest.raises((CheckDigit, ImpossibleBirthDate, UnknownArea)):
        resident(wrong)


@given(residents, st.integers(0, 16))
def test_two_swapped_neighbours_are_always_refused(number: str, place: int) -> None:
    left, right = number[place], number[place + 1]
    assume(left != right)
    with pytest.raises((CheckDigit, ImpossibleBirthDate, UnknownArea, DocumentShape)):
        resident(number[:place] + right + left + number[place + 2 :])


@given(residents)
def test_a_number_by_the_old_form_becomes_the_one_of_18_characters(number: str) -> None:
    assume(number[6:8] == "19")
    assert resident(number[:6] + number[8:17]) == number


@pytest.mark.parametrize("area", ["310115", "460400", "133123", "810000", "820000", "830000", "710000"])
def test_areas_that_a_stricter_table_would_refuse_are_taken(area: str) -> None:
    number = _with_check(f"{area}19900101001")
    assert resident(number) == number


@pytest.mark.parametrize("area", ["00", "10", "16", "47", "70", "84", "91", "99"])
def test_an_area_that_is_no_province_is_refused(area: str) -> None:
    with pytest.raises(UnknownArea) as refused:
        resident(_with_check(f"{area}010119900101001"))
    assert refused.value.field == "number"


@pytest.mark.parametrize("day", ["20261125", "29990101", "18991231", "20230229", "20231301", "19900431", "00000000"])
def test_an_impossible_or_future_birth_date_is_refused(day: str) -> None:
    with pytest.raises(ImpossibleBirthDate):
        resident(_with_check(f"110105{day}001"))


def test_who_was_born_today_has_a_number() -> None:
    number = _with_check(f"110105{TODAY:%Y%m%d}001")
    assert birth_date("resident_id", resident(number)) == TODAY


def test_a_wrong_check_digit_is_refused() -> None:
    with pytest.raises(CheckDigit) as refused:
        canonical("resident_id", NUMBER[:-1] + "0", today=TODAY, field="documents.0.number")
    assert refused.value.field == "documents.0.number"
    assert NUMBER[:-1] not in str(refused.value)


@pytest.mark.parametrize(
    ("type_code", "typed", "refusal"),
    [
        ("passport_cn", "E1", DocumentShape),
        ("resident_id", _with_check("11010519900431001"), ImpossibleBirthDate),
        ("foreign_resident_card", _with_check("99984019850612001"), UnknownArea),
        ("uscc", UNIT[:-1] + "M", CheckDigit),
    ],
)
def test_whatever_is_wrong_is_said_of_the_field_in_which_it_was_typed(type_code, typed, refusal) -> None:
    with pytest.raises(refusal) as refused:
        canonical(type_code, typed, today=TODAY, field="documents.1.number")
    assert refused.value.field == "documents.1.number"


def test_what_is_as_long_as_may_be_typed_is_looked_at() -> None:
    assert resident(NUMBER.ljust(64)) == NUMBER
    with pytest.raises(DocumentShape):
        resident(NUMBER.ljust(65))


@pytest.mark.parametrize("first", [NUMBER[:16], NUMBER])
def test_nothing_but_seventeen_digits_has_a_check_character(first: str) -> None:
    with pytest.raises(ValueError, match="zip"):
        resident_check(first)


def test_the_sound_number_of_these_tests_is_sound() -> None:
    assert resident(NUMBER) == NUMBER


@pytest.mark.parametrize(
    "typed",
    [
        " 110105 19880304 1236 ",
        "１１０１０５１９８８０３０４１２３６",
        "110105\u3000198803041236\n",
        "𝟏𝟏𝟎𝟏𝟎𝟓198803041236",
        "①①0105198803041236",
        "110105\u00a0198803041236",
    ],
)
def test_spaces_and_compatible_digits_are_the_same_number(typed: str) -> None:
    assert resident(typed) == NUMBER


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "١١٠١٠٥١٩٨٨٠٣٠٤١٢٣٩",  # Arabic-Indic
        "۱۱۰۱۰۵۱۹۸۸۰۳۰۴۱۲۳۹",  # Persian
        "११०१०५१९८८०३०४१२३९",  # Devanagari
        "11010519880304١٢٣6",  # right in all but the script
        "11010519491231002Х",  # Cyrillic
        "11010519491231002Χ",  # Greek
        "110105\u200d198803041236",
        "110105\u200b198803041236",
        "\ufeff110105198803041236",
        "\u202e110105198803041236",
        "110105198803041236\ufe0f",
        "110105198803041236\x00",
        "110105198803041236\ud800",
        "1101051988030412361",
        "11010519880304123",
        "1101058803041239",
        "11010588030412X",
        "-10105198803041236",
        "一一〇一〇五一九八八〇三〇四一二三九",
    ],
)
def test_what_only_looks_like_a_number_is_refused(typed: str) -> None:
    with pytest.raises(DocumentShape) as refused:
        resident(typed)
    assert "18" in refused.value.text


@given(st.text(st.characters(categories=["Nd"]), min_size=18, max_size=18))
@example("1" * 17 + "٣")
def test_digits_of_other_scripts_never_pass(typed: str) -> None:
    try:
        number = resident(typed)
    except Refusal:
        return
    assert set(number) <= set("0123456789X")


@pytest.mark.slow
@pytest.mark.parametrize("type_code", codes.entries("document_types"))
@given(st.data())
def test_anything_typed_is_either_canonical_or_refused(type_code: str, data: st.DataObject) -> None:
    typed = data.draw(st.text(max_size=80) | st.from_regex(codes.entries("document_types")[type_code].extra["pattern"]))
    try:
        number = canonical(type_code, typed, today=TODAY)
    except Refusal:
        return
    assert number.isascii()
    assert canonical(type_code, number, today=TODAY) == number
    assert key_form(type_code, number)


@pytest.mark.parametrize("type_code", codes.entries("document_types"))
def test_over_long_input_is_refused_before_it_is_looked_at(type_code: str) -> None:
    for typed in ("1" * 65, "1" * 1_000_000, " " * 65 + NUMBER, " " * 65 + UNIT, " " * 65 + "H12345678"):
        with pytest.raises(DocumentShape):
            canonical(type_code, typed, today=TODAY)


def test_an_unknown_document_type_is_refused_with_the_known_ones() -> None:
    with pytest.raises(UnknownDocumentType) as refused:
        canonical("library_card", "1", today=TODAY)
    assert refused.value.field == "type"
    assert ", ".join(codes.entries("document_types")) in refused.value.text


def test_a_residence_permit_needs_its_own_prefix() -> None:
    number = _with_check("81000019900101001")
    assert canonical("hmt_residence_permit", number, today=TODAY) == number
    with pytest.raises(DocumentShape):
        canonical("hmt_residence_permit", NUMBER, today=TODAY)


def test_a_foreign_residents_card_is_checked_like_a_resident_number() -> None:
    number = _with_check("91184019850612001")
    assert canonical("foreign_resident_card", number, today=TODAY) == number
    assert birth_date("foreign_resident_card", number) == date(1985, 6, 12)
    with pytest.raises(CheckDigit):
        canonical("foreign_resident_card", number[:-1] + ("0" if number[-1] != "0" else "1"), today=TODAY)
    with pytest.raises(UnknownArea):
        canonical("foreign_resident_card", _with_check("99984019850612001"), today=TODAY)
    with pytest.raises(ImpossibleBirthDate):
        canonical("foreign_resident_card", _with_check("91184020991231001"), today=TODAY)


@pytest.mark.parametrize(
    ("type_code", "typed", "number"),
    [
        ("passport_cn", "e12345678", "E12345678"),
        ("passport_cn", "EA1234567", "EA1234567"),
        ("passport_cn", "G12345678", "G12345678"),
        ("passport_cn", "PE1234567", "PE1234567"),
        ("passport_cn", "Ｅ１２３４５６７８", "E12345678"),
        ("passport_other", "c01x00t47", "C01X00T47"),
        ("passport_other", "123456789", "123456789"),
        ("hk_macau_permit", "h12345678", "H12345678"),
        ("hk_macau_permit", "M1234567801", "M1234567801"),
        ("taiwan_permit", "01234567", "01234567"),
        ("taiwan_permit", "0123456701B", "0123456701B"),
        ("foreign_resident_card_old", "usa310012345678", "USA310012345678"),
    ],
)
def test_documents_without_check_digit_follow_their_pattern(type_code: str, typed: str, number: str) -> None:
    assert canonical(type_code, typed, today=TODAY) == number
    assert birth_date(type_code, number) is None


@pytest.mark.parametrize(
    ("type_code", "typed"),
    [
        ("passport_cn", "EI1234567"),
        ("passport_cn", "EO1234567"),
        ("passport_cn", "E1234567"),
        ("passport_cn", "ßE1234567"),
        ("passport_other", "ABCDEFGH"),
        ("passport_other", NUMBER),
        ("passport_other", "Aı123456"),
        ("hk_macau_permit", "X12345678"),
        ("hk_macau_permit", "H123456789"),
        ("taiwan_permit", "0123456"),
    ],
)
def test_documents_off_their_pattern_are_refused(type_code: str, typed: str) -> None:
    with pytest.raises(DocumentShape):
        canonical(type_code, typed, today=TODAY)


@given(units)
def test_units_agree_with_the_oracle_when_the_code_is_sound(code: str) -> None:
    assert uscc.is_valid(code)
    assert canonical("uscc", code.lower(), today=TODAY) == code


@given(units, st.integers(2, 17), st.sampled_from(UNIT_ALPHABET))
def test_units_agree_with_the_oracle_on_one_wrong_character(code: str, place: int, character: str) -> None:
    typed = code[:place] + character + code[place + 1 :]
    if uscc.is_valid(typed):
        assert canonical("uscc", typed, today=TODAY) == typed
        return
    with pytest.raises((CheckDigit, DocumentShape)):
        canonical("uscc", typed, today=TODAY)


@pytest.mark.parametrize("typed", [UNIT[:-1] + "I", UNIT[:-1], UNIT.replace("9", "O", 1), UNIT + "1", "Ζ" + UNIT[1:]])
def test_characters_that_the_unit_code_leaves_out_are_refused(typed: str) -> None:
    with pytest.raises(DocumentShape):
        canonical("uscc", typed, today=TODAY)


@pytest.mark.parametrize(
    ("birth", "day", "age"),
    [
        (date(2008, 5, 6), date(2026, 5, 5), 17),
        (date(2008, 5, 6), date(2026, 5, 6), 17),  # the 18th birthday itself
        (date(2008, 5, 6), date(2026, 5, 7), 18),
        (date(2008, 12, 31), date(2026, 12, 31), 17),
        (date(2008, 12, 31), date(2027, 1, 1), 18),
        (date(2008, 2, 29), date(2026, 2, 28), 17),
        (date(2008, 2, 29), date(2026, 3, 1), 18),
        (date(2008, 2, 29), date(2028, 2, 29), 19),
        (date(2008, 2, 29), date(2028, 3, 1), 20),
        (date(2008, 5, 6), date(2008, 5, 6), 0),
    ],
)
def test_age_counts_from_the_day_after_the_birthday(birth: date, day: date, age: int) -> None:
    assert age_on(birth, day) == age


@given(births, st.integers(0, 40_000))
def test_nobody_is_a_year_older_before_the_day_after_the_birthday(birth: date, days: int) -> None:
    day = birth + timedelta(days=days)
    age = age_on(birth, day)
    assert 0 <= age_on(birth, day + timedelta(days=1)) - age <= 1
    assert age == 0 or days > age * 365  # never earlier than so many full years


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("310101199001010011", "3101**********0011"),
        ("E12345678", "E1*****78"),
        ("01234567", "01****67"),
        ("ABCD", "A**D"),
        ("ABC", "***"),
        ("", ""),
    ],
)
def test_a_masked_number_shows_its_ends_only(number: str, shown: str) -> None:
    assert masked(number) == shown


@given(st.text(UNIT_ALPHABET, max_size=40))
def test_a_masked_number_never_shows_more_than_half(number: str) -> None:
    shown = masked(number)
    assert len(shown) == len(number)
    assert sum(character != "*" for character in shown) <= min(8, len(number) // 2)


def test_the_same_number_in_two_families_is_looked_up_apart() -> None:
    one_of_each = {
        codes.entries("document_types")[code].extra["family"]: code for code in codes.entries("document_types")
    }
    assert len({key_form(code, "12345678") for code in one_of_each.values()}) == len(one_of_each)


def test_types_of_one_family_find_the_same_person() -> None:
    number = _with_check("83000019900101001")
    assert key_form("resident_id", number) == key_form("hmt_residence_permit", number) == f"resident:{number}"


def test_a_renewed_permit_finds_the_same_person() -> None:
    assert key_form("hk_macau_permit", "H1234567801") == key_form("hk_macau_permit", "H12345678")
    assert key_form("taiwan_permit", "0123456702B") == key_form("taiwan_permit", "01234567")
    assert key_form("hk_macau_permit", "H1234567801") != key_form("hk_macau_permit", "M12345678")


@pytest.mark.parametrize(
    "name",
    [
        *(
            "王䶮",
            "张𬭩",
            "李㛃",
            "阿卜杜拉·买买提",
            "O'Brien-Smith",
            "北京示例（集团）有限公司",
            "\U00031350",
            "张" * 100,
        ),
        "\U000323b0",  # of Unicode 17, which no Python knows yet
    ],
)
def test_names_are_kept_as_printed(name: str) -> None:
    assert canonical_name(name) == name
    assert canonical_name(name.ljust(400)) == name


@pytest.mark.parametrize(
    ("typed", "name"),
    [("  张三 ", "张三"), ("Anna\u3000\u00a0  Maria", "Anna Maria"), ("Zoe\u0308", "Zoë"), ("\t李四\n", "李四")],
)
def test_a_name_is_trimmed_and_composed(typed: str, name: str) -> None:
    assert canonical_name(typed) == name


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "   ",
        "·",
        "123",
        "张" * 101,
        "张" * 1_000_000,
        " " * 400 + "张三",
        "张\x00三",
        "张\t三",
        "张\u2028三",
        "张\u200b三",
        "张\u200d三",
        "\u202e张三",
        "张\ud800",
        "张\ue000",
        "张\x7f",
    ],
)
def test_what_no_name_holds_is_refused(typed: str) -> None:
    with pytest.raises(NameShape) as refused:
        canonical_name(typed, "former_names.0")
    assert refused.value.field == "former_names.0"


def test_a_name_is_refused_as_the_name_where_no_other_field_is_given() -> None:
    with pytest.raises(NameShape) as refused:
        canonical_name("")
    assert refused.value.field == "name"


@given(st.text(max_size=500))
def test_a_canonical_name_stays_as_it_is(typed: str) -> None:
    try:
        name = canonical_name(typed)
    except NameShape:
        return
    assert canonical_name(name) == name
    assert 1 <= len(name) <= 100


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("阿卜杜拉·买买提", "阿卜杜拉•买买提"),
        ("阿卜杜拉·买买提", "阿卜杜拉・买买提"),
        ("阿卜杜拉·买买提", "阿卜杜拉．买买提"),
        ("阿卜杜拉·买买提", "阿卜杜拉 ‧ 买买提"),
        ("张 三", "张三"),
        ("ANNA Maria", "anna maria"),
        ("Straße", "STRASSE"),
        ("Ｚｏｅ", "zoe"),
        *((f"葛{chr(each)}", "葛") for each in (0xFE00, 0xFE0F, 0xE0100, 0xE01EF, 0x180B, 0x180C, 0x180D, 0x180F)),
        ("葛\u200b城", "葛城"),
        ("北京示例（集团）公司", "北京示例(集团)公司"),
        ("⼟", "土"),
        *((f"O{each}Brien", "O'Brien") for each in "‘’‛`ʹʻʼʽˈ′ꞌ＇"),
        *((f"Anne{each}Marie", "Anne-Marie") for each in "‐‑‒–—―−⁃﹘﹣－"),
    ],
)
def test_two_spellings_of_one_name_have_one_form(one: str, other: str) -> None:
    assert name_form(one) == name_form(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        *(("王䶮", "王龑"), ("王三", "玊三"), ("张三", "张三三"), ("李㛃", "李洁")),
        ("葛\ufe10", "葛"),
        ("葛\U000e01f0", "葛"),
        ("O'Brien", "OBrien"),
        ("Anne-Marie", "Anne·Marie"),
        ("オー", "オ一"),
    ],
)
def test_different_names_keep_different_forms(one: str, other: str) -> None:
    assert name_form(one) != name_form(other)


@given(st.text(max_size=100))
def test_the_form_of_a_form_is_itself(name: str) -> None:
    assert name_form(name_form(name)) == name_form(name)
