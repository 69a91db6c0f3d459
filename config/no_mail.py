"""Where no mail server is named: what goes to the registry is in the log of the processes, and no other letter is sent.

A letter to somebody has his address, and often a link that opens something. Neither belongs in a log; and whoever is to be told
is told that it was not sent, and not that it was. What the log is given passes through it as everything does (`config.logs`).
"""

from __future__ import annotations

import logging
from collections.abc import Sequence

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

NAME = "config.no_mail.Backend"

logger = logging.getLogger(__name__)


class NoMailServer(OSError):
    """A letter to somebody cannot be sent."""


class Backend(BaseEmailBackend):
    """For ``EMAIL_BACKEND``."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """How many were for the registry. Raises NoMailServer for one that was for others alone."""
        for message in email_messages:
            if settings.REGISTRY_CONTACT_EMAIL not in message.recipients():
                raise NoMailServer("EMAIL_URL names no mail server")
            logger.warning("%s\n%s", message.subject, message.body)
        return len(email_messages)
