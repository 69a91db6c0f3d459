"""Every address of the product, and who may come to it. A route that is not here is closed (`config.permissions.gate`).

A new page gets its row in the room that it belongs to: the desk's in `registry.permissions`, the others' in
`sharing.permissions`. Rows of pages by which people sign in stand in the groups called SIGNING_IN there.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from config.permissions.demonstration import DEMONSTRATION
from registry.permissions.desk import DESK as OF_THE_BOOK
from registry.permissions.rows import Row
from sharing.permissions.desk import DESK as OF_SHARING
from sharing.permissions.outside import OUTSIDE
from sharing.permissions.portals import PORTALS

GROUPS: tuple[tuple[str, tuple[Row, ...]], ...] = (
    *OF_THE_BOOK,
    *OF_SHARING,
    *PORTALS,
    *OUTSIDE,
    ("The demonstration, and nowhere else", DEMONSTRATION),
)

TABLE: tuple[Row, ...] = tuple(row for _title, group in GROUPS for row in group)


def _by_route() -> Mapping[str, Mapping[str, Row]]:
    found: dict[str, dict[str, Row]] = defaultdict(dict)
    for row in TABLE:
        for method in row.methods:
            if method in found[row.route]:
                raise ValueError(f"two rows of the table of permissions say who may {method} {row.route}: keep one")
            found[row.route][method] = row
    return dict(found)


BY_ROUTE = _by_route()
