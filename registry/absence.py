"""Whether an error means that the database is away: something to wait for, and nothing of ours to mend."""

from __future__ import annotations

from django.db import InterfaceError, InternalError, OperationalError
from psycopg.errors import IdleInTransactionSessionTimeout, TransactionTimeout

ENDED_FOR_STANDING_STILL = (IdleInTransactionSessionTimeout, TransactionTimeout)


def database_is_away(error: BaseException | None) -> bool:
    """Not there, gone meanwhile, or too busy to wait for. Also where it ended the session of a process that stood still within
    a transaction: of that PostgreSQL says 25P03 or 25P04, and Django "internal error".
    """
    if isinstance(error, InternalError):
        return isinstance(error.__cause__, ENDED_FOR_STANDING_STILL)
    return isinstance(error, OperationalError | InterfaceError)
