"""The invented people of templates and of the API's description.

Their numbers and codes are sound, so that whoever sends an example hears about his call, and not about the example.
"""

from __future__ import annotations

from typing import Any

PERSON: dict[str, Any] = {"name": "王小明", "document": {"type": "resident_id", "number": "110101199506307615"}}
# Your own word for the applicant, name, resident identity number.
APPLICANTS = (("2026-0017", "高䶮", "110105198803041236"), ("2026-0018", "欧阳㛃", "110108199207154529"))
SIGNED_ON = "2026-11-20"
FINGERPRINTS = ("9" * 64, "8" * 64)  # of signed forms, SHA-256
CONSENT_CODE = "7K2PQ-W4M9X-TA31N"
VERIFICATION_CODE = "7K2P-QW4M-9XTA-31RH-EJ0W"
