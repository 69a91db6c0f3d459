"""Who may come to which address: the desk's part of the one table that checks, tests and documents are made from."""
