"""Old decisions from a file: read, checked without writing, compared by a judge, written in chunks. See docs/importing.md."""
