"""Invented persons and units. No number here was ever issued: county code 99 of a provincial capital is unassigned.

The numbers pass every check that the registry makes (GB 11643, GB 32100), so that the demonstration runs the real
checks, and can still be told from real ones by characters 3 to 6, "0199".
"""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

from registry.entries import DocumentEntry, PersonEntry
from registry.identity import resident_check, unit_check

_PROVINCES = {"11": 30, "13": 22, "41": 9, "37": 8, "14": 6, "15": 4, "21": 4, "23": 4, "34": 4, "42": 4, "43": 3}
_UNASSIGNED_COUNTY = "0199"
_SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏"
)
_GIVEN = "伟芳娜敏静磊洋勇艳杰娟涛明超霞平刚桂兰英华玉红军建文斌宁凯晨宇欣怡子涵浩然雨婷佳思远志鹏振东晓燕立新春海峰"
_ONE_CHARACTER_IN = 4
_YOUNGEST, _OLDEST = 19, 52
_YEAR = 365.25

# By position among the convicted of the period: who has another document or an unusual name.
_LEGACY_NUMBERS = frozenset({17, 83, 140, 229})
_NAMED = {8: "陈䶮", 61: "李㛃", 122: "周𬭩", 190: "乌兰·其木格", 251: "欧阳嘉树"}
_FORMER_NAMES = {33: "王二妮", 104: "张建国", 215: "刘小军"}
_PERMITS = {
    45: ("hk_macau_permit", "H09990145", "香港特别行政区"),
    118: ("taiwan_permit", "09990118", "台湾地区"),
    176: ("hk_macau_permit", "M09990176", "澳门特别行政区"),
    204: ("passport_other", "XX0990204", "外国"),
}
_PERMIT_NAMES = {45: "霍咏诗", 118: "简宏毅", 176: "何伟雄", 204: "马丁·林登"}
_RESIDENCE_PERMITS = {149: "810000"}
_SECOND_DOCUMENT = {71: DocumentEntry(type="passport_cn", number="E99900071", issuer="国家移民管理局")}
_UNITS = (
    "北京沄砳数据服务有限公司",
    "北京岫汐信息咨询有限公司",
    "北京垚樾网络科技有限公司",
    "北京澄砾企业管理有限公司",
)


class People:
    """Makes persons one after another; no two share a number."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng
        self._given: set[str] = set()

    def person(self, position: int, first_offence: date) -> PersonEntry:
        """The convicted person at ``position``, an adult on the day of the first offence."""
        born = self._born(position in _LEGACY_NUMBERS, first_offence)
        if position in _PERMITS:
            kind, number, issuer = _PERMITS[position]
            document = DocumentEntry(type=kind, number=number, issuer=issuer)
            return PersonEntry(name=_PERMIT_NAMES[position], documents=(document,), birth_date=born)
        return PersonEntry(
            name=_NAMED.get(position) or self._name(),
            documents=(self._document(position, born), *filter(None, (_SECOND_DOCUMENT.get(position),))),
            former_names=tuple(filter(None, (_FORMER_NAMES.get(position),))),
        )

    def unit(self, position: int) -> PersonEntry:
        first_8 = "91110199"
        serial = "MA" + "".join(self._rng.choices("0123456789ABCDEFGHJKLMNPQRTUWXY", k=6))
        first_17 = first_8 + serial + _organisation_check(serial)
        document = DocumentEntry(type="uscc", number=first_17 + unit_check(first_17))
        return PersonEntry(kind="unit", name=_UNITS[position], documents=(document,))

    def _born(self, elder: bool, first_offence: date) -> date:
        youngest, oldest = (61, 72) if elder else (_YOUNGEST, _OLDEST)
        age = self._rng.triangular(youngest, oldest, youngest + 10)
        return first_offence - timedelta(days=int(age * _YEAR))

    def _name(self) -> str:
        length = 1 if self._rng.randrange(_ONE_CHARACTER_IN) == 0 else 2
        return self._rng.choice(_SURNAMES) + "".join(self._rng.choices(_GIVEN, k=length))

    def _document(self, position: int, born: date) -> DocumentEntry:
        if position in _RESIDENCE_PERMITS:
            number = self._resident_number(_RESIDENCE_PERMITS[position], born)
            return DocumentEntry(type="hmt_residence_permit", number=number)
        province = self._rng.choices(list(_PROVINCES), weights=list(_PROVINCES.values()))[0]
        number = self._resident_number(province + _UNASSIGNED_COUNTY, born)
        if position in _LEGACY_NUMBERS:
            number = number[:6] + number[8:17]
        return DocumentEntry(type="resident_id", number=number)

    def _resident_number(self, area: str, born: date) -> str:
        while (number := resident_number(area, born, self._rng.randint(1, 999))) in self._given:
            continue
        self._given.add(number)
        return number


def resident_number(area: str, born: date, serial: int) -> str:
    """A number by GB 11643 with its check character."""
    first_17 = f"{area}{born:%Y%m%d}{serial:03d}"
    return first_17 + resident_check(first_17)


def _organisation_check(first_8: str) -> str:
    """The check character of an organisation code (GB 11714), characters 9 to 17 of a credit code."""
    total = sum(
        int(character, 36) * weight for character, weight in zip(first_8, (3, 7, 9, 10, 5, 8, 4, 2), strict=True)
    )
    return "0123456789X0"[11 - total % 11]
