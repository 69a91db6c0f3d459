"""PDF files as clerks attach them, and as nobody should."""

from __future__ import annotations

import io
import zlib
from collections.abc import Callable

import pylopdf_fonts_zh_cn
import typst
from pikepdf import Array, Dictionary, Encryption, Name, Pdf, Stream, String
from pikepdf import ObjectStreamMode as Mode

from tests import judgments


def judgment(pages: int = 2, change: Callable[[Pdf], None] | None = None, **saving: object) -> bytes:
    """Pages of a rectangle each, and whatever ``change`` does to them."""
    pdf = Pdf.new()
    for number in range(pages):
        page = pdf.add_blank_page(page_size=(595, 842))
        page.Contents = Stream(pdf, b"0 0 0 rg 60 %d 300 40 re f" % (700 - number))
    if change:
        change(pdf)
    out = io.BytesIO()
    pdf.save(out, **saving)  # type: ignore[arg-type]  # as pikepdf has it
    return out.getvalue()


def words(*lines: str) -> bytes:
    """One page that says this, in letters that every reader has."""

    def say(pdf: Pdf) -> None:
        font = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica)
        pdf.pages[0].Resources = Dictionary(Font=Dictionary(F1=font))
        shown = b" ".join(b"(%s) Tj 0 -20 Td" % line.encode() for line in lines)
        pdf.pages[0].Contents = Stream(pdf, b"BT /F1 14 Tf 60 760 Td " + shown + b" ET")

    return judgment(1, say)


def with_script(pdf: Pdf) -> None:
    pdf.Root.OpenAction = Dictionary(S=Name.JavaScript, JS=String("app.alert(1)"))


def with_named_script(pdf: Pdf) -> None:
    names = Array([String("x"), Dictionary(S=Name.JavaScript, JS=String("app.alert(1)"))])
    pdf.Root.Names = Dictionary(JavaScript=Dictionary(Names=names))


def with_script_nobody_calls(pdf: Pdf) -> None:
    """Held by a private key alone, deep inside."""
    pdf.Root.Deep = Dictionary(A=Array([Array([Dictionary(B=Dictionary(S=Name.JavaScript))])]))


def with_launch(pdf: Pdf) -> None:
    pdf.pages[0].AA = Dictionary(O=Dictionary(S=Name.Launch, F=String("cmd.exe")))


def with_file_inside(pdf: Pdf) -> None:
    inside = pdf.make_stream(b"MZ", Type=Name.EmbeddedFile)
    spec = Dictionary(Type=Name.Filespec, F=String("a.exe"), EF=Dictionary(F=inside))
    pdf.Root.Names = Dictionary(EmbeddedFiles=Dictionary(Names=Array([String("a.exe"), spec])))


def with_attachment(pdf: Pdf) -> None:
    pdf.pages[0].Annots = Array([Dictionary(Type=Name.Annot, Subtype=Name.FileAttachment, Rect=Array([0, 0, 9, 9]))])


def with_film(pdf: Pdf) -> None:
    pdf.pages[0].Annots = Array([Dictionary(Type=Name.Annot, Subtype=Name.RichMedia, Rect=Array([0, 0, 9, 9]))])


def with_xfa(pdf: Pdf) -> None:
    pdf.Root.AcroForm = Dictionary(Fields=Array([]), XFA=pdf.make_stream(b"<xdp/>"))


def with_sending_form(pdf: Pdf) -> None:
    button = Dictionary(Type=Name.Annot, Subtype=Name.Widget, FT=Name.Btn, Rect=Array([0, 0, 9, 9]))
    button.A = Dictionary(S=Name.SubmitForm, F=String("https://elsewhere.example/"))
    placed = pdf.make_indirect(button)
    pdf.pages[0].Annots = Array([placed])
    pdf.Root.AcroForm = Dictionary(Fields=Array([placed]))


HOSTILE = {
    "script": with_script,
    "named script": with_named_script,
    "script nobody calls": with_script_nobody_calls,
    "launch": with_launch,
    "file inside": with_file_inside,
    "attachment": with_attachment,
    "film": with_film,
    "xfa": with_xfa,
    "sending form": with_sending_form,
}


def with_links_and_metadata(pdf: Pdf) -> None:
    """What a word processor leaves."""
    link = Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=Array([0, 0, 9, 9]))
    link.A = Dictionary(S=Name.URI, URI=String("https://elsewhere.example/tracking"))
    pdf.pages[0].Annots = Array([link])
    pdf.Root.OpenAction = Array([pdf.pages[0].obj, Name.Fit])
    pdf.Root.Metadata = pdf.make_stream(
        b"<x:xmpmeta>written by secretary Tao</x:xmpmeta>", Type=Name.Metadata, Subtype=Name.XML
    )
    pdf.docinfo["/Author"] = "Tao Ran"


def in_object_streams(change: Callable[[Pdf], None]) -> bytes:
    return judgment(change=change, object_stream_mode=Mode.generate)


def encrypted(password: str = "secret") -> bytes:
    return judgment(encryption=Encryption(owner="owner", user=password))


def bomb(megabytes: int = 1500) -> bytes:
    """An object stream that unpacks to far more than anybody has."""
    chunk = b" " * (1024 * 1024)
    packer = zlib.compressobj(9, wbits=-15)
    block = packer.compress(chunk) + packer.flush(zlib.Z_FULL_FLUSH)  # each like the others
    check = zlib.adler32(b"1 0 ")
    for _turn in range(megabytes):
        check = zlib.adler32(chunk, check)
    first = zlib.compressobj(9, wbits=-15)
    opening = first.compress(b"1 0 ") + first.flush(zlib.Z_FULL_FLUSH)
    packed = b"\x78\xda" + opening + block * megabytes + b"\x03\x00" + check.to_bytes(4, "big")
    head = b"%PDF-1.5\n"
    stream = b"4 0 obj\n<</Type/ObjStm/N 1/First 4/Filter/FlateDecode/Length %d>>stream\n%b\nendstream\nendobj\n" % (
        len(packed),
        packed,
    )
    rows = (
        b"\x00\x00\x00\x00\xff"
        + b"\x02\x00\x00\x04\x00"
        + b"\x00" * 10
        + b"\x01"
        + (len(head)).to_bytes(3, "big")
        + b"\x00"
    )
    at = len(head) + len(stream)
    xref = b"5 0 obj\n<</Type/XRef/Size 5/W[1 3 1]/Root 1 0 R/Length %d>>stream\n%b\nendstream\nendobj\n" % (
        len(rows),
        rows,
    )
    return head + stream + xref + b"startxref\n%d\n%%%%EOF" % at


def huge_page(pdf: Pdf) -> None:
    pdf.pages[0].MediaBox = Array([0, 0, 2, 20_000_000])


def nested(depth: int = 100_000) -> bytes:
    """Arrays in arrays."""
    return (
        b"%PDF-1.4\n1 0 obj\n<</Type/Catalog/Pages 2 0 R/X "
        + b"[" * depth
        + b"]" * depth
        + b">>\nendobj\ntrailer<</Root 1 0 R>>\n%%EOF"
    )


def many_objects(count: int = 400_000) -> bytes:
    """A page, and a drawer of empty arrays beside it."""
    return judgment(1).replace(b"/Type /Catalog", b"/Type /Catalog /X [" + b"[]" * count + b"]")


def paper() -> bytes:
    """The judgment of `tests.judgments`, set as a court sets it, with words that can be taken out."""
    lines = '#for line in sys.inputs.text.split("\\n") [#line #parbreak()]'
    layout = f'#set page(margin: 2.5cm)\n#set text(font: "Noto Sans SC", size: 14pt)\n{lines}'
    fonts = typst.Fonts(
        include_system_fonts=False,
        include_embedded_fonts=False,
        font_paths=[str(pylopdf_fonts_zh_cn.sans_path().parent)],
    )
    compiler = typst.Compiler(layout.encode(), font_paths=fonts, sys_inputs={"text": judgments.text("one")})
    made = compiler.compile(format="pdf")
    assert isinstance(made, bytes)
    return made
