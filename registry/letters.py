"""Messages to people by mail. One that cannot be sent never keeps another one waiting."""

from __future__ import annotations

import logging

from django.core.mail import EmailMessage

logger = logging.getLogger(__name__)


def sent(message: EmailMessage, about: str) -> bool:
    """Whether it went out. ``about``: what it is about, for the log; no name and no address."""
    try:
        message.send()
    except (OSError, ValueError) as error:  # the server's refusals, and an address that no header can hold
        logger.error("%s: the message was not sent (%s); it is tried again.", about, type(error).__name__)
        return False
    return True
