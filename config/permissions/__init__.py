"""The one table of permissions, the gate that asks it before every view, and the document made from it."""
