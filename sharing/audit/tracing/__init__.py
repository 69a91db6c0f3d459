"""Breach tracing: who received, asked, looked at or took what about whom, since when (docs/breach.md).

About listings, or by a party. Every row names numbers and ids alone: no name, no document number, no mail address.
"""
