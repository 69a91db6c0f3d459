"""The reference receiver: a stand-alone program with which a department keeps its copy of the register.

It needs Python, ``standardwebhooks`` and ``cryptography`` and nothing else of this project, so the folder can be
copied as it is. ``docs/department-guide.md`` shows how to start it.
"""
