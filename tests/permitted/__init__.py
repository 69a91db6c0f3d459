"""Every address, everybody who may come, and a world in which what addresses name is there, is another's, or is absent."""
