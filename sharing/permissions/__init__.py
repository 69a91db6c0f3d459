"""Who may come to which address: the parts of the one table for what leaves the court."""
