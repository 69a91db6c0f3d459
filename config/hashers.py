"""How client secrets are kept: they are 256 random bits, so one hash is as good as a million and a token costs 2 ms."""

from __future__ import annotations

from django.contrib.auth.hashers import PBKDF2PasswordHasher


class ClientSecretHasher(PBKDF2PasswordHasher):
    algorithm = "client_secret"
    iterations = 1
