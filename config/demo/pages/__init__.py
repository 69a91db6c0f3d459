"""Pages that only the demonstration has: the live board, the tour, acting as anybody, and trying to break it."""
