"""The court's figures, counted from the book: cases, decisions and persons, which are three different things."""
