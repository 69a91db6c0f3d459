"""The officers of the demonstration: in every court a clerk, a judge and a registrar.

The High Court has a second registrar, a statistician and the three administrators besides.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.contrib.auth.hashers import make_password

from registry.identity import unit_check
from registry.models import Account, Court, Officer, Role

PASSWORD = "demonstration"  # noqa: S105 - printed by the demonstration for whoever started it; exists nowhere else

SERVICE = "当庭送达回证"  # what proves that a notice was served in court

_SURNAMES = "林赵孙钱周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜"
_TITLES = {
    Role.CLERK: "书记员",
    Role.JUDGE: "法官",
    Role.REGISTRAR: "登记员",
    Role.AUDITOR: "审计员",
    Role.STATISTICIAN: "统计员",
    Role.SECURITY: "安全管理员",
    Role.SYSTEM: "系统管理员",
}


@dataclass(frozen=True)
class Bench:
    """Who acts in one court."""

    clerk: Officer
    judge: Officer
    registrar: Officer


class Officers:
    """Makes the officers of a court the first time the court is needed, unless a kept book has them. Only those who sign in
    have a password.
    """

    def __init__(self) -> None:
        self._benches: dict[str, Bench] = {}
        self.high_court = self.bench("京")
        self.second_registrar = self._officer("京", Role.REGISTRAR, 2)
        self.auditor = self._officer("京", Role.AUDITOR)
        self.statistician = self._officer("京", Role.STATISTICIAN)
        self.security_administrator = self._officer("京", Role.SECURITY)
        self.system_administrator = self._officer("京", Role.SYSTEM)

    def bench(self, court_code: str) -> Bench:
        found = self._benches.get(court_code)
        if found is None:
            found = Bench(*(self._officer(court_code, role) for role in (Role.CLERK, Role.JUDGE, Role.REGISTRAR)))
            self._benches[court_code] = found
        return found

    def _officer(self, court_code: str, role: Role, number: int = 1) -> Officer:
        staff_number = f"{court_code}-{role.value}-{number}"
        found = Officer.objects.select_related("account", "court").filter(staff_number=staff_number).first()
        return found or self._made(staff_number, court_code, role, number)

    def _made(self, staff_number: str, court_code: str, role: Role, number: int) -> Officer:
        account = Account(username=staff_number, is_staff=True)
        account.set_unusable_password()
        account.save()
        surname = _SURNAMES[(len(self._benches) * 3 + list(_TITLES).index(role) + number) % len(_SURNAMES)]
        return Officer.objects.create(
            account=account,
            court=Court.objects.get(code=court_code),
            role=role,
            staff_number=staff_number,
            name=surname + _TITLES[role],
        )


def let_sign_in(officers: Mapping[str, Officer]) -> None:
    """Give officers of the demonstration plain user names and the printed password."""
    hashed = make_password(PASSWORD)
    for user_name, officer in officers.items():
        officer.account.username, officer.account.password = user_name, hashed
        officer.account.save()


def unit_number(serial: int) -> str:
    """An invented unified social credit code with a valid check character."""
    first_17 = f"11110000{serial:09d}"
    return first_17 + unit_check(first_17)
