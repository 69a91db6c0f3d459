from sharing.departments.models.agreements import Department, Instrument, Measure, Renewal
from sharing.departments.models.looks import Look, LookPage
from sharing.departments.models.outages import Outage
from sharing.departments.models.owing import Escalation, Owed
from sharing.departments.models.receipts import Recall, Receipt, ReceiptKind

__all__ = [
    "Department",
    "Escalation",
    "Instrument",
    "Look",
    "LookPage",
    "Measure",
    "Outage",
    "Owed",
    "Recall",
    "Receipt",
    "ReceiptKind",
    "Renewal",
]
