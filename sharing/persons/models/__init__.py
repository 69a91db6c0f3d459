from sharing.persons.models.identity import CounterCode, ProvenIdentity
from sharing.persons.models.notices import Notice

__all__ = ["CounterCode", "Notice", "ProvenIdentity"]
