"""Files from outside, PDF and pictures: looked through, written anew, and shown as pictures, in a process that has nothing to lose.

`asking` is what the house calls for judgments, `papers` for what others send; `child` is the program that is started for it
and reads the file. Pure.
"""
