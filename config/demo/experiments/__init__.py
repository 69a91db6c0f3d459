"""Eight attempts to break the running demonstration; each is real, and says what was answered."""
