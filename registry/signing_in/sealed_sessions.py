"""Sessions lie sealed in the database: a factor that is being set up, a page that was interrupted by the question who it is."""

from __future__ import annotations

from typing import Any

from django.core.signing import JSONSerializer

from registry.keys import keyring

PLACE = "session"


class SealedSerializer:
    """For ``SESSION_SERIALIZER``. What cannot be opened is no session, as Django has it for every other fault."""

    def dumps(self, obj: Any) -> bytes:
        return keyring().seal(JSONSerializer().dumps(obj), bound_to=PLACE)

    def loads(self, data: bytes) -> Any:
        return JSONSerializer().loads(keyring().open(data, bound_to=PLACE))
