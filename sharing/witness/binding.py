"""One key, one store, for ever: a witness that forgot what it cosigned can be led to cosign a fork."""

from __future__ import annotations

import logging
from pathlib import Path

from registry.tree.notes import Signer
from sharing.witness.key_file import write_new
from sharing.witness.settings import BadSetting
from sharing.witness.store import Store, belongs_to, identity

_log = logging.getLogger(__name__)


def bind(store: Store, signer: Signer, key: Path) -> None:
    """Leaves a mark beside the key at the first start, and compares it from then on. Raises BadSetting, BadKeyFile."""
    with store.changing() as changing:
        owner, own = belongs_to(changing, signer.key.vkey), identity(changing)
    if owner != signer.key.vkey:
        raise BadSetting(f"{store.path} is the store of another key ({owner}): name another --store or --key")
    mark = key.with_name(f"{key.name}.store")
    if not mark.exists():
        _log.info("the first start with this key: what the logs send first is taken as their beginning")
        write_new(mark, f"{own}\n")
    elif mark.read_text().strip() != own:
        raise BadSetting(
            f"{key} has cosigned with another store than {store.path}: name that one; if it is lost, make a new key "
            "and give it to the court"
        )
