"""Parts of the product that run apart, each with a role of its own in the database: what it serves, and what it may do."""
