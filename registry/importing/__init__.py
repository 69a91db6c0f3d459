"""Old decisions from a file: looked at, read, checked without writing, compared by a judge, written. See docs/importing.md."""
