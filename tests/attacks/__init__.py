"""Every attack that the register must withstand, the tests that show it, and a defect planted for each.

`python -m tests.attacks` plants them one after the other, from outside: no line of the product knows of it.
"""
