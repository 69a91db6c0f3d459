"""Dates in English as the courts' documents have them: 24 November 2026, 10:00."""

DATE_FORMAT = "j F Y"
DATETIME_FORMAT = "j F Y, H:i"
