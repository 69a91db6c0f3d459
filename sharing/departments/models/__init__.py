from sharing.departments.models.agreements import Department, Instrument, Measure, Renewal
from sharing.departments.models.receipts import Recall, Receipt, ReceiptKind

__all__ = ["Department", "Instrument", "Measure", "Recall", "Receipt", "ReceiptKind", "Renewal"]
