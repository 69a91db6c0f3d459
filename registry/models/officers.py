"""Courts, and the officers who act in them."""

from __future__ import annotations

import unicodedata
from typing import Any

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models.functions import Upper
from django.utils.translation import gettext_lazy as _

from registry import codes


class Account(AbstractUser):
    """Who signs in. What an account may do follows from the officer, or later the member, that it belongs to."""

    class Meta:
        verbose_name = _("account")
        verbose_name_plural = _("accounts")

    def save(self, *args: Any, **kwargs: Any) -> None:
        """The user name in the form that signing in looks for."""
        self.username = self.normalize_username(self.username)
        super().save(*args, **kwargs)

    @classmethod
    def normalize_username(cls, username: str) -> str:
        """NFKC, and small letters: an input method types wide ones, and two names that differ in case alone would be two accounts."""
        return str(super().normalize_username(str(super().normalize_username(username)).casefold()))

    @classmethod
    def called(cls, user_name: str) -> models.QuerySet[Account]:
        """The one of that name, if there is any, in whatever letters it is typed."""
        return cls.objects.filter(username=cls.normalize_username(user_name))


class Court(models.Model):
    """A court of the list "courts". One that is retired keeps its listings; nobody is appointed to it any more."""

    code = models.CharField(_("code"), max_length=16, unique=True)
    level = models.CharField(_("level"), max_length=16)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, verbose_name=_("higher court"))
    retired_at = models.DateTimeField(_("retired at"), null=True, blank=True)

    class Meta:
        verbose_name = _("court")
        verbose_name_plural = _("courts")
        ordering = ["code"]

    def __str__(self) -> str:
        return codes.label("courts", self.code)


class Role(models.TextChoices):
    CLERK = "clerk", _("clerk")
    JUDGE = "judge", _("reviewing judge")
    REGISTRAR = "registrar", _("registrar")
    AUDITOR = "auditor", _("auditor")
    STATISTICIAN = "statistician", _("statistician")
    SECURITY = "security", _("security administrator")
    SYSTEM = "system", _("system administrator")


# Separated: none of them enters or approves, and whoever is one never becomes another one (MLPS level 3, 8.1.4).
ADMINISTRATORS = (Role.SECURITY, Role.SYSTEM, Role.AUDITOR)


class Officer(models.Model):
    """One appointment: a person with a staff number, in one court, in one role.

    The staff number is unique, so nobody approves his own entry through a second account, and no human is two
    administrators: an administrator's court and role are never changed, nor does anybody become one later.
    """

    account = models.OneToOneField(Account, models.PROTECT, verbose_name=_("account"))
    court = models.ForeignKey(Court, models.PROTECT, verbose_name=_("court"))
    role = models.CharField(_("role"), max_length=16, choices=Role.choices)
    staff_number = models.CharField(_("staff number"), max_length=32, unique=True)
    name = models.CharField(_("name"), max_length=100)

    class Meta:
        verbose_name = _("officer")
        verbose_name_plural = _("officers")
        constraints = [models.UniqueConstraint(Upper("staff_number"), name="officer_number_in_any_letters")]

    def __str__(self) -> str:
        return f"{self.name} ({self.get_role_display()})"

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.staff_number = self.kept_number(self.staff_number)
        super().save(*args, **kwargs)

    @staticmethod
    def kept_number(typed: str) -> str:
        """A staff number as it is kept (NFKC): an input method may have typed wide letters."""
        return unicodedata.normalize("NFKC", typed).strip()

    @classmethod
    def numbered(cls, typed: str) -> models.QuerySet[Officer]:
        """The one with this staff number, if there is any, in whatever letters it is typed: large, small, wide."""
        return cls.objects.filter(staff_number__iexact=cls.kept_number(typed))
