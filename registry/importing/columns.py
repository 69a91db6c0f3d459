"""The columns of a file of old decisions: what each is called, what may stand in it, and what it means when it is empty.

One row is one party of a decision; what is of the decision may be left empty in its further rows.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto
from functools import lru_cache

from registry import codes
from registry.errors import Text


class Shape(Enum):
    WORDS = auto()
    NUMBER = auto()  # of a document: a spreadsheet may have rounded it
    NAMES = auto()
    DAY = auto()
    DAYS = auto()
    WHOLE = auto()
    AMOUNT = auto()  # whole, and its thousands may be set apart
    MONTHS = auto()  # whole, or for life
    YES_OR_NO = auto()
    CODE = auto()
    CODES = auto()
    COUNTED = auto()  # codes, each with a number of records behind a colon


@dataclass(frozen=True, slots=True)
class Column:
    """``name`` as entering calls it, and refusals; ``list``: of `registry.codes`, or of `CHOICES`."""

    name: str
    zh: str
    en: str
    shape: Shape = Shape.WORDS
    list: str = ""
    needed: bool = False
    others: tuple[str, ...] = ()

    @property
    def named(self) -> Text:
        """As refusals keep it, to be said in each reader's language."""
        return codes.spoken_lazy({"zh": self.zh, "en": self.en})

    @property
    def label(self) -> str:
        return codes.spoken({"zh": self.zh, "en": self.en})


OF_DECISION = (
    Column(
        "number", "案号或处罚决定书文号", "number of the decision", needed=True, others=("案号", "文号", "case number")
    ),
    Column("kind", "文书种类", "kind of decision", Shape.CODE, "decision_kinds"),
    Column("court", "法院", "court", Shape.CODE, "courts"),
    Column("authority", "处罚机关", "authority", Shape.CODE, "authorities"),
    Column("instance", "审级", "instance", Shape.CODE, "instances"),
    Column("instrument", "文书形式", "form of decision", Shape.CODE, "instruments"),
    Column("filed_on", "立案日期", "filed on", Shape.DAY),
    Column("pronounced_on", "宣判或决定日期", "pronounced on", Shape.DAY, needed=True, others=("宣判日期", "决定日期")),
    Column("prosecutor_received_on", "检察院收到日期", "received by the prosecutor on", Shape.DAY),
    Column("protested_on", "抗诉日期", "protest filed on", Shape.DAY),
    Column("protest_withdrawn_on", "撤回抗诉日期", "protest withdrawn on", Shape.DAY),
    Column("effect_certified_on", "生效证明日期", "effect certified on", Shape.DAY),
    Column("facts", "认定事实", "facts found", Shape.CODES, "facts"),
    Column("data", "信息种类和条数", "personal data involved", Shape.COUNTED, "data_kinds"),
    Column("channels", "渠道", "channels", Shape.CODES, "channels"),
    Column("payments", "支付方式", "means of payment", Shape.CODES, "payments"),
    Column("evasions", "规避手段", "means of evasion", Shape.CODES, "evasions"),
    Column("associated_offences", "关联犯罪", "associated offences", Shape.CODES, "associated_offences"),
    Column("gains_yuan", "违法所得（元）", "gains in yuan", Shape.AMOUNT),
)
OF_PARTY = (
    Column("name", "姓名或单位名称", "name", needed=True, others=("姓名", "单位名称")),
    Column("person_kind", "主体类型", "person or unit", Shape.CODE, "person_kinds"),
    Column("document_type", "证件类型", "document type", Shape.CODE, "document_types"),
    Column(
        "document_number", "证件号码", "document number", Shape.NUMBER, needed=True,
        others=("身份证号", "身份证号码", "公民身份号码", "统一社会信用代码"),
    ),
    Column("second_document_type", "第二证件类型", "second document type", Shape.CODE, "document_types"),
    Column("second_document_number", "第二证件号码", "second document number", Shape.NUMBER),
    Column("former_names", "曾用名", "former names", Shape.NAMES),
    Column("birth_date", "出生日期", "birth date", Shape.DAY),
    Column("charge", "罪名", "charge", Shape.CODE, "charges"),
    Column("article", "法律条文", "article", Shape.CODE, "articles", needed=True),
    Column("offence_dates", "行为日期", "offence dates", Shape.DAYS, needed=True),
    Column("penalty_kind", "刑罚或处罚种类", "kind of penalty", Shape.CODE, "penalty_kinds", needed=True),
    Column("sentence_months", "刑期（月）", "sentence in months", Shape.WHOLE),
    Column("probation_months", "缓刑考验期（月）", "probation in months", Shape.WHOLE),
    Column("custody_credited_days", "折抵羁押（日）", "custody credited in days", Shape.WHOLE),
    Column("fine_yuan", "罚金或罚款（元）", "fine in yuan", Shape.AMOUNT),
    Column("penalty_measures", "处罚措施", "administrative measures", Shape.CODES, "penalty_measures"),
    Column("received_on", "当事人收到日期", "received on", Shape.DAY),
    Column("detained", "上诉期满日在押", "detained at the end of the appeal period", Shape.YES_OR_NO),
    Column("appealed_on", "上诉日期", "appeal filed on", Shape.DAY),
    Column("appeal_withdrawn_on", "撤回上诉日期", "appeal withdrawn on", Shape.DAY),
    Column("prohibition_scope", "从业禁止内容", "prohibition"),
    Column("prohibition_months", "从业禁止期限（月）", "prohibition in months", Shape.MONTHS),
    Column("prohibition_starts_on", "从业禁止起始日期", "prohibition starts on", Shape.DAY),
    Column("prohibition_basis", "从业禁止依据", "basis of the prohibition", Shape.CODE, "prohibition_bases"),
    Column("prohibition_occupations", "从业禁止职业", "occupations prohibited", Shape.CODES, "occupations"),
    Column("occupation", "职业", "occupation", Shape.CODE, "occupations"),
    Column("industry", "行业", "industry", Shape.CODE, "industries"),
    Column("education", "文化程度", "education", Shape.CODE, "education"),
    Column("employed_at_time", "行为时在职", "employed at the time", Shape.YES_OR_NO),
    Column("unit_role", "单位犯罪中的身份", "role in a unit's offence", Shape.CODE, "unit_roles"),
)  # fmt: skip
COLUMNS: Mapping[str, Column] = {each.name: each for each in (*OF_DECISION, *OF_PARTY)}

# Lists that are not data: code → what it may be called, the first of each language being its name.
CHOICES: Mapping[str, Mapping[str, tuple[str, str, tuple[str, ...]]]] = {
    "decision_kinds": {
        "criminal": ("刑事裁判", "criminal judgment", ("刑事", "刑事判决")),
        "penalty": ("行政处罚", "administrative penalty", ("处罚",)),
    },
    "instruments": {"judgment": ("判决", "judgment", ("判决书",)), "ruling": ("裁定", "ruling", ("裁定书",))},
    "person_kinds": {"natural": ("自然人", "natural person", ("个人",)), "unit": ("单位", "unit", ())},
}
FOR_LIFE = frozenset({"终身", "life", "for life", "终生"})

# What refusals of entering call a field, where the file calls it otherwise.
BLAMED: Mapping[str, str] = {
    "type": "document_type",
    "documents": "document_number",
    "documents.0.number": "document_number",
    "documents.0.type": "document_type",
    "documents.1.number": "second_document_number",
    "documents.1.type": "second_document_type",
    "prohibitions.0.scope": "prohibition_scope",
    "prohibitions.0.basis": "prohibition_basis",
    "prohibitions.0.months": "prohibition_months",
    "prohibitions.0.occupations": "prohibition_occupations",
    "prohibitions.0.starts_on": "prohibition_starts_on",
    "months": "prohibition_months",
    "typed": "document_number",
}


def column_of(field: str) -> str:
    """The column that a refusal of entering means; "" where it means none."""
    first = field.partition(".")[0]
    found = BLAMED.get(field) or (first if first in COLUMNS else "")
    return found or ("former_names" if first == "former_names" else "")


def heads() -> Mapping[str, str]:
    """What a head may say, in the form of `head_form`, and which column it is."""
    return _heads()


@lru_cache(maxsize=1)
def _heads() -> Mapping[str, str]:
    return {
        head_form(said): each.name for each in COLUMNS.values() for said in (each.name, each.zh, each.en, *each.others)
    }


def head_form(said: str) -> str:
    plain = unicodedata.normalize("NFKC", said).casefold()
    return "".join(each for each in plain if each.isalnum())


def names_in(list_name: str) -> Mapping[str, tuple[str, str]]:
    """The codes of a list, each with its name in both languages."""
    if list_name in CHOICES:
        return {code: (zh, en) for code, (zh, en, _others) in CHOICES[list_name].items()}
    return {code: (each.zh, each.en) for code, each in codes.entries(list_name).items()}


def said_codes(list_name: str) -> Mapping[str, str]:
    """What a cell may say, in the form of `said_form`, and which code it is. A name that two codes share says none."""
    if list_name in CHOICES:
        return _of_choices(list_name)
    return _of_codes(list_name, codes.edition())


@lru_cache(maxsize=8)
def _of_choices(list_name: str) -> Mapping[str, str]:
    rows = CHOICES[list_name].items()
    return {said_form(said): code for code, (zh, en, others) in rows for said in (code, zh, en, *others)}


@lru_cache(maxsize=64)
def _of_codes(list_name: str, _edition: object) -> Mapping[str, str]:
    said: dict[str, str] = {}
    shared: set[str] = set()
    for code, names in names_in(list_name).items():
        for name in map(said_form, names):
            if said.setdefault(name, code) != code:
                shared.add(name)
    by_name = {name: code for name, code in said.items() if name not in shared}
    return {**by_name, **{said_form(code): code for code in names_in(list_name)}}


def said_form(said: str) -> str:
    return "".join(unicodedata.normalize("NFKC", said).casefold().split())
