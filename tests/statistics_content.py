"""An invented release as it is frozen, of every table that there is: 302 persons, 233 cases, some numbers left out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from registry.statistics.bases import BASES
from registry.statistics.figures import FIGURES
from registry.statistics.shapes import NOT_RECORDED, UNITS, Table, Words
from registry.statistics.tables import TABLES

VALUES: Mapping[str, int] = {
    "cases_filed": 233, "cases_concluded": 229, "first_instance": 179, "on_records": 162, "with_kinds": 203,
    "decisions": 181, "convicted": 302, "fined": 298, "units_convicted": 6, "penalised": 0, "in_force": 1214,
}  # fmt: skip
YEARS = {
    "filed_by_year": {"2018": 41, "2019": 58, "2020": 52, "2021": 46, "2022": 9, "2023": 27},
    "concluded_by_year": {"2018": 30, "2019": 55, "2020": 58, "2021": 51, "2022": 12, "2023": 23},
}
NUMBERS: Mapping[str, Mapping[str, int | None]] = {
    **YEARS,
    "filed_by_court": {
        "京0105": 61, "京0108": 44, "京0106": 25, "京0114": 17, "京0112": 15, "京0102": 13, "京0115": 12, "京01": 11,
        "京0101": 10, "京03": 9, "京0111": None, "京02": None, "京0491": None, "京": None,
    },
    "concluded_by_court": {
        "京0105": 60, "京0108": 45, "京0106": 24, "京0114": 16, "京0112": 15, "京0102": 13, "京0115": 12, "京01": 11,
        "京0101": 10, "京03": 8, "京0111": None, "京02": None, "京0491": None, "京": None,
    },
    "outcomes": {"convicted": 175, "upheld": 40, "changed": 8, "appeal_withdrawn": None, "withdrawn": None},
    "instances": {"first": 179, "second": 50, "other": 0},
    "data_tiers": {"highly_sensitive": 50, "sensitive": 20, "ordinary": 133},
    "data_kinds": {
        "phone_number": 151, "identity_card": 88, "property": 31, "address": 29, "vehicle": 19, "communication_record": 11,
        "location": 17, "transaction": 9, "education": 8, "credit": None, "health": None, "lodging": None,
        "account_password": 21, "other": 33,
    },
    "records": {"to_5000": 24, "to_50000": 53, "to_500000": 45, "above_500000": 40},
    "decision_kinds": {"criminal": 181, "penalty": 0},
    "channels": {"social_app": 139, "insider": 41, "forum": 15, "website": 22, "hacking": 9, "crawling": None, "other": None},
    "payments": {"mobile_payment": 140, "bank_transfer": 30, "cash": 12, "virtual_currency": None, "exchange": None},
    "evasions": {"encrypted_chat": 28, "special_software": 9, "false_identity": 17, "overseas_server": None},
    "associated_offences": {
        "telecom_fraud": 31, "violent_debt_collection": 6, "blackmail": None, "cyber_aid": 12, "computer_data": 7,
    },
    "gains": {"to_5000": 38, "to_50000": 70, "to_500000": 49, "above_500000": 16, NOT_RECORDED: 8},
    "sentences": {
        "exempt": None, "fine_only": None, "control": 0, "detention": 19, "term_to_1": 88, "term_to_3": 108,
        "term_to_5": 77, "term_above_5": None,
    },
    "probation": {"on_probation": 44, "without": 258},
    "fines": {
        "not_fined": None, "to_10000": 133, "to_50000": 90, "to_100000": 25, "to_500000": 41, "above_500000": None,
    },
    "employed": {"employed": 171, "not_employed": 122, NOT_RECORDED: 9},
    "education": {
        "primary": 7, "junior_secondary": 84, "senior_secondary": 73, "college": 77, "bachelor": 44, "postgraduate": None,
        NOT_RECORDED: None,
    },
    "industries": {
        "internet": 46, "finance": 39, "e_commerce": 18, "estate_agency": 17, "telecom": 13, "education": 11, "insurance": 9,
        "logistics": 8, "other": 10, "none": 122, NOT_RECORDED: 9, "public_service": None, "transport": None,
    },
    "sectors": {"finance": 48, "telecom": 13, "real_estate": 17, "transport": None, "none": None},
    "occupations": {
        "sales": 57, "self_employed": 31, "software_developer": 24, "loan_officer": 18, "estate_agent": 14,
        "customer_service": 13, "insurance_agent": 9, "courier": 8, "director_or_senior_manager": 7,
        "telecom_customer_service": 6, "debt_collector": None, "data_handling": None, "student": None,
        "public_servant": None, "auxiliary_police": None, "real_estate_data_handling": None,
    },
    "told": {"finance": 1180, "telecom": 1214, "real_estate": 96, "transport": 41},
    "applied": {"finance": 1102, "telecom": 1187, "real_estate": None, "transport": None},
}  # fmt: skip
FIGURE_VALUES: Mapping[str, int | None] = {
    "records_above_50000": 85, "records_above_500000": 40, "highly_sensitive": 50, "sensitive": 20, "to_3_years": 221,
    "to_5_years": None, "on_probation": 44, "fined_to_100000": 248, "employed": 171,
}  # fmt: skip


def content(**changes: Any) -> dict[str, Any]:
    """The frozen content; ``changes`` replace its top keys."""
    return {
        "format": 1,
        "method": 1,
        "number": "2026-1",
        "title": {
            "zh": "侵犯公民个人信息案件审判情况统计",
            "en": "Statistics of cases of infringing citizens' personal information",
        },
        "period": {"begins": "2018-01-01", "ends": "2023-11-22"},
        "counted_at": "2026-11-26T12:00:00+08:00",
        "smallest": 5,
        "corrects": None,
        "units": {unit.value: _said(words) for unit, words in UNITS.items()},
        "bases": [
            {
                "name": each.name, "unit": each.unit.value, "within": each.within, "words": _said(each.words),
                "definition": _said(each.definition), "value": VALUES[each.name],
            }
            for each in BASES
        ],
        "figures": [
            {
                "name": each.name, "words": _said(each.words), "table": each.table, "rows": list(each.rows),
                "base": each.base, "value": FIGURE_VALUES[each.name],
            }
            for each in FIGURES
        ],
        "tables": [_table(each) for each in TABLES],
        **changes,
    }  # fmt: skip


def with_rows(found: dict[str, Any], table: str, values: Mapping[str, int | None]) -> dict[str, Any]:
    """The same content with other numbers in a table, by row code."""
    for row in table_of(found, table)["rows"]:
        row["value"] = values.get(row["code"], row["value"])
    return found


def only(found: dict[str, Any], *tables: str) -> dict[str, Any]:
    """The same content with these tables alone."""
    found["tables"] = [table for table in found["tables"] if table["name"] in tables]
    return found


def table_of(found: Mapping[str, Any], name: str) -> dict[str, Any]:
    return next(table for table in found["tables"] if table["name"] == name)


def _table(table: Table) -> dict[str, Any]:
    unit = next(each.unit for each in BASES if each.name == table.base)
    return {
        "name": table.name, "base": table.base, "unit": unit.value, "words": _said(table.words),
        "note": table.note and _said(table.note), "several": table.several, "by_size": table.by_size,
        "rows": [
            {"code": code, "words": _said(words), "value": NUMBERS[table.name].get(code, 0)} for code, words in _rows(table)
        ],
    }  # fmt: skip


def _rows(table: Table) -> Sequence[tuple[str, Words]]:
    if table.rows is not None:
        return [(row.code, row.words) for row in table.rows()]
    return [(year, Words(year, year)) for year in NUMBERS[table.name]]


def _said(words: Words) -> dict[str, str]:
    return {"zh": words.zh, "en": words.en}
