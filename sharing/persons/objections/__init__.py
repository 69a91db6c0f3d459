"""Objections, applications for an early end and statements: begin with `lifecycle`, the table of their steps."""
