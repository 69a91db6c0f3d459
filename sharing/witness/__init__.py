"""A witness of the court's log: a stand-alone program that a second body runs with a key of its own.

It cosigns a checkpoint only if the log has merely grown since the one before (C2SP tlog-witness), so the court alone
can no longer show one log to some and another one to others. It needs Python, ``cryptography`` and `registry.tree`, and
nothing else of this project. ``docs/witness.md`` shows how to start it.
"""
