import re


def digits(text):
    # ruleid: digits-of-any-script
    text.isdigit()
    # ruleid: digits-of-any-script
    all(each.isdecimal() for each in text)
    # ok: digits-of-any-script
    text.isascii() and text.isdecimal()


# ruleid: pattern-of-any-script
DOCUMENT = re.compile(r"\d{17}[\dXx]")
# ruleid: pattern-of-any-script
re.fullmatch(r"\w+", "text")
# ok: pattern-of-any-script
re.compile(r"[0-9]{17}[0-9X]", re.ASCII)
# ok: pattern-of-any-script
re.compile(r"\d{17}", re.ASCII)

# ruleid: slow-pattern
CASE_NUMBER = re.compile(r"([0-9]+)+号")
# ruleid: slow-pattern
re.match(r"(a+)+$", "text")
# ok: slow-pattern
re.compile(r"[0-9]{1,8}号")


def capital(id_number):
    # ruleid: upper-of-any-script
    id_number.upper()
    # ok: upper-of-any-script
    id_number.translate(UPPER)
