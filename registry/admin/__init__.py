"""The officers' desk, inside Django's admin site.

Imported before there are models, so nothing is imported here; `registry.admin.apps` finds the registrations.
"""
