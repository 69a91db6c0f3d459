"""What the product is made of, and what is known about it: the lock, the bill of materials, advisories, newer releases."""
