"""What in a PDF can do something, and what is left out of the copy that is kept (ISO 32000-2, 12.6 and 7.11).

Every object is looked at, those in object streams and those that no page leads to, too; names are compared as qpdf reads
them, so that "/J#53" is "/JS".
"""

from __future__ import annotations

from collections.abc import Iterator

from pikepdf import Array, Dictionary, Name, Object, Pdf, Stream

from registry.pdf.jpeg import bare

MOST_OBJECTS = 300_000

SCRIPT, LAUNCH, EMBEDDED, MEDIA, FORM, SENDING = "script", "launch", "embedded", "media", "form", "sending"

# Kinds of action (/S): those that act are refused.
ACTIONS = {
    "/JavaScript": SCRIPT,
    "/Launch": LAUNCH,
    "/GoToE": EMBEDDED,
    "/SubmitForm": SENDING,
    "/ImportData": SENDING,
    "/Rendition": MEDIA,
    "/Movie": MEDIA,
    "/Sound": MEDIA,
    "/GoTo3DView": MEDIA,
    "/RichMediaExecute": MEDIA,
}
KEYS = {
    "/JS": SCRIPT,
    "/JavaScript": SCRIPT,
    "/EF": EMBEDDED,
    "/EmbeddedFiles": EMBEDDED,
    "/Collection": EMBEDDED,
    "/XFA": FORM,
    "/RichMediaContent": MEDIA,
}
KINDS = {
    "/EmbeddedFile": EMBEDDED,
    "/FileAttachment": EMBEDDED,
    "/RichMedia": MEDIA,
    "/Movie": MEDIA,
    "/Sound": MEDIA,
    "/Screen": MEDIA,
    "/3D": MEDIA,
}
# What scanners, word processors and court systems leave: harmless in a picture, of no use in it, and left out.
LEFT_OUT = {
    "/OpenAction": "opening",
    "/AA": "opening",
    "/A": "links",
    "/PA": "links",
    "/URI": "links",
    "/Metadata": "metadata",
    "/PieceInfo": "metadata",
    "/Thumb": "metadata",
}


class Heavy(Exception):
    """More objects than any judgment has."""


def what_acts(pdf: Pdf) -> list[str]:
    """What is found of scripts, programs, files inside, media, forms of their own and sending; each once."""
    found: set[str] = set()
    for each in _dictionaries(pdf):
        for key in each.keys():  # noqa: SIM118 - a pikepdf dictionary
            if key in KEYS:
                found.add(KEYS[key])
        found |= {ACTIONS[name] for name in [_name(each, "/S")] if name in ACTIONS}
        found |= {KINDS[name] for name in (_name(each, "/Type"), _name(each, "/Subtype")) if name in KINDS}
    return sorted(found)


def strips(pdf: Pdf) -> list[str]:
    """What `strip` will leave out."""
    found = {LEFT_OUT[key] for each in _dictionaries(pdf) for key in _to_leave_out(each)}
    noted = "/Info" in pdf.trailer or any(bare(dots) != dots for _photograph, dots in _photographs(pdf))
    return sorted(found | ({"metadata"} if noted else set()))


def strip(pdf: Pdf) -> None:
    """Leave it out; the pages look as before."""
    for each in _dictionaries(pdf):
        for key in _to_leave_out(each):
            del each[key]
    for photograph, dots in _photographs(pdf):
        parameters = [each for each in _listed(photograph, "/DecodeParms")[-1:] if isinstance(each, Dictionary)]
        photograph.write(bare(dots), filter=Name.DCTDecode, decode_parms=parameters[0] if parameters else None)
    if "/Info" in pdf.trailer:
        del pdf.trailer["/Info"]


def _photographs(pdf: Pdf) -> Iterator[tuple[Stream, bytes]]:
    """Each JPEG in it, and its bytes, unpacked where they are packed once more."""
    for each in [found for found in pdf.objects if isinstance(found, Stream)]:
        filters = _listed(each, "/Filter")
        if filters[-1:] != [Name.DCTDecode]:
            continue
        dots = each.read_raw_bytes()
        if packings := filters[:-1]:
            parameters = _listed(each, "/DecodeParms")[: len(packings)]
            dots = Stream(pdf, dots, Filter=Array(packings), DecodeParms=Array(parameters)).read_bytes()
        yield each, dots


def _listed(stream: Stream, key: str) -> list[Object]:
    value = stream.get(key)
    return [] if value is None else list(value) if isinstance(value, Array) else [value]


def _to_leave_out(each: Dictionary) -> list[str]:
    """An /A without a kind is an attribute of a tagged text, and stays."""
    keys = [key for key in each.keys() if key in LEFT_OUT]  # noqa: SIM118 - a pikepdf dictionary
    return [key for key in keys if key != "/A" or _is_action(each[key])]


def _is_action(value: Object) -> bool:
    return isinstance(value, Dictionary) and "/S" in value


def _name(each: Dictionary, key: str) -> str:
    value = each.get(key)
    return str(value) if isinstance(value, Name) else ""


def _dictionaries(pdf: Pdf) -> Iterator[Dictionary]:
    """Every dictionary: of each object, and those written inside it."""
    seen = 0
    stack: list[Object] = [*pdf.objects, pdf.trailer]
    while stack:
        seen += 1
        if seen > MOST_OBJECTS:
            raise Heavy
        value = stack.pop()
        if isinstance(value, Stream):
            value = value.stream_dict
        if isinstance(value, Dictionary):
            yield value
            children = [value[key] for key in value.keys()]  # noqa: SIM118 - a pikepdf dictionary
        elif isinstance(value, Array):
            children = list(value)
        else:
            continue
        stack.extend(each for each in children if isinstance(each, Object) and not each.is_indirect)
