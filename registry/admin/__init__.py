"""The officers' desk, inside Django's admin site."""
