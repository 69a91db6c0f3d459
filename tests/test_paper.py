"""The result on paper: one page in two languages, alike for every outcome, whose QR leads to the public page."""

from __future__ import annotations

import hashlib
import io
import time
from datetime import date, timedelta

import pypdf
import pytest
import zxingcpp
from django.test import Client as Browser

from registry.errors import NoResultYet
from sharing.employers import calling, judging
from sharing.employers.consent import Attestation
from sharing.employers.judging import Compared
from sharing.employers.models import Screening
from sharing.employers.paper import paper, qr
from tests import asking, cast, papers

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_court_has_decided")]
MOST_SECONDS = 0.5


def pages(pdf):
    return pypdf.PdfReader(io.BytesIO(pdf)).pages


def text(pdf):
    (page,) = pages(pdf)
    return " ".join(page.extract_text().split())


def code_of(screening):
    return asking.told(screening)["verification"]["code"]


def test_it_works():
    cast.in_force()
    screening = asking.answered()
    words = text(paper(screening))
    told = asking.told(screening)
    assert "查询时，有该查询目的可以告知的有效登记。" in words
    assert "there was a listing in force that this purpose may be told of" in words
    for each in (
        screening.pk,
        code_of(screening),
        "2026-11-24 10:00:00+08:00",
        "2026-12-24 10:00:00+08:00",
        asking.BANK_USCC,
        "金融行业涉个人信息岗位录用审查",
        "信贷人员",
        "loan officer",
        told["applicant"]["commitment"][:4],
        "本页不是无犯罪记录证明",
        "no certificate of good character",
    ):
        # Between kerned letters the extraction puts blanks.
        assert each.replace(" ", "") in words.replace(" ", ""), each


def test_it_is_one_page_of_a4_with_its_font_inside_and_tagged():
    (page,) = pages(paper(asking.answered()))
    assert (round(page.mediabox.width), round(page.mediabox.height)) == (595, 842)
    fonts = page["/Resources"]["/Font"].values()
    names = {font.get_object()["/BaseFont"] for font in fonts}
    assert all("NotoSansSC" in name for name in names)
    descendants = [font.get_object()["/DescendantFonts"][0].get_object()["/FontDescriptor"] for font in fonts]
    assert all({"/FontFile2", "/FontFile3"} & each.get_object().keys() for each in descendants)
    reader = pypdf.PdfReader(io.BytesIO(paper(asking.answered())))
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert reader.metadata.title == "查询结果 Screening result"


def test_the_layout_is_the_same_whatever_the_outcome():
    cast.in_force()
    listed, clean = asking.answered(), asking.answered(asking.question(document_number=cast.APPLICANT_NUMBER))
    labels = ["查验码", "查询编号", "查询时刻", "有效期至", "用人单位", "查询目的", "岗位", "答复范围", "应聘人"]
    for screening in (listed, clean):
        words = text(paper(screening))
        places = [words.index(label) for label in labels[:1]] + [words.rindex(label) for label in labels[1:2]]
        assert places == sorted(places)
        assert all(label in words for label in labels)
    assert "没有" in text(paper(clean))
    assert listed.listing.number not in text(paper(listed))


def test_it_names_no_person():
    cast.in_force()
    words = text(paper(asking.answered()))
    for secret in ("高䶮", cast.DEFENDANT_NUMBER, cast.DEFENDANT_NUMBER[-4:] + " "):
        assert secret not in words


def test_the_qr_is_the_public_page_with_the_code_after_the_hash():
    screening = asking.answered()
    (read,) = zxingcpp.read_barcodes(_pixels(qr(code_of(screening))))
    assert read.text == f"http://127.0.0.1:8000/verify/#{code_of(screening)}"


def test_the_same_screening_gives_the_same_bytes():
    screening = asking.answered()
    first = paper(screening)
    assert paper(Screening.objects.get(pk=screening.pk)) == first
    assert paper(asking.answered()) != first


def test_there_is_none_while_an_officer_looks():
    cast.in_force()
    with pytest.raises(NoResultYet):
        paper(asking.answered(asking.question(name="高某")))


def test_of_an_answer_that_waited_it_names_the_moment_of_asking_as_the_signed_result_does(settings):
    """It says what was so when it was asked and still is; the officer's day would be another one than the signature has."""
    settings.SHARING_HELD_SHARE = 1.0
    cast.in_force()
    form = papers.pdf("the signed form of an invented person")
    signed = Attestation(document_sha256=hashlib.sha256(form).hexdigest(), signed_on=date(2026, 11, 20))
    waited = asking.answered(asking.question(consent=signed))
    calling.call_in(now=cast.NOW)
    calling.show(waited, form, now=cast.NOW)
    on_it = Compared(document_type="resident_id", document_number=cast.DEFENDANT_NUMBER, name="高䶮")
    he, later = cast.high_court_registrar(), cast.NOW + timedelta(days=9)
    judging.confirm(waited.pk, on_it, officer=he, reason="compared", now=later)
    words = text(paper(Screening.objects.get())).replace(" ", "")
    assert "2026-11-2410:00:00+08:00" in words
    assert "2026-12-03" not in words


def test_a_prohibition_scope_says_so():
    cast.in_force(cast.party(prohibitions=(asking.prohibited(),)))
    courier = asking.courier_company()
    asked = asking.question(purpose="transport_recruitment", post="courier", document_number=cast.APPLICANT_NUMBER)
    assert "没有涉及该岗位的有效从业禁止" in text(paper(asking.answered(asked, courier)))


def test_a_rare_character_is_printed_and_one_that_the_font_lacks_never_becomes_a_box(caplog):
    screening = asking.answered()
    screening.employer.name = "𬭩㛃㳘科技"
    assert "𬭩㛃㳘科技" in text(paper(screening))
    screening.employer.name = "\U00030000科技"
    words = text(paper(screening))
    assert "科技" not in words
    assert asking.BANK_USCC in words
    assert "cannot be printed" in caplog.text


def test_it_is_made_within_half_a_second():
    screening = asking.answered()
    paper(screening)
    started = time.perf_counter()
    paper(screening)
    assert time.perf_counter() - started < MOST_SECONDS


# By API


@pytest.fixture
def bank():
    return asking.bearer(asking.bank().organisation)


def get(screening_id, headers):
    return Browser().get(f"/api/v1/screenings/{screening_id}/paper", headers=headers)


def test_the_employer_fetches_its_own(bank):
    screening = asking.answered()
    answer = get(screening.pk, {**bank, "accept": "application/pdf"})
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    assert answer["Cache-Control"] == "no-store, no-transform"
    assert answer.content == paper(screening)


def test_strangers_are_refused(bank):
    screening = asking.answered()
    other = get(screening.pk, asking.bearer(asking.courier_company().organisation))
    assert (other.status_code, other.json()["code"]) == (404, "R-508")
    assert get(screening.pk, {}).status_code == 401
    assert get("scr_nothing", bank).json()["code"] == "R-508"


def test_a_pending_one_is_refused_in_json(bank):
    cast.in_force()
    pending = asking.answered(asking.question(name="高某"), now=cast.NOW + timedelta(minutes=1))
    answer = get(pending.pk, {**bank, "accept": "application/pdf"})
    assert (answer.status_code, answer.json()["code"]) == (409, "R-525")
    assert answer["Content-Type"] == "application/problem+json"


def _pixels(code):
    """The matrix as rows of grey values, as a camera sees it."""
    rows = [[255 * (not dark) for dark in row] for row in code.matrix_iter(scale=8, border=4)]
    return memoryview(bytes(value for row in rows for value in row)).cast("B", (len(rows), len(rows[0])))
