from sharing.departments.models.agreements import Department, Instrument, Measure, Renewal
from sharing.departments.models.institutions import Institution, OnwardKind, OnwardReceipt, Reached
from sharing.departments.models.receipts import Recall, Receipt, ReceiptKind

__all__ = [
    "Department",
    "Institution",
    "Instrument",
    "Measure",
    "OnwardKind",
    "OnwardReceipt",
    "Reached",
    "Recall",
    "Receipt",
    "ReceiptKind",
    "Renewal",
]
