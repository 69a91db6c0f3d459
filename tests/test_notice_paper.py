"""What stands on the notice: whom, what, why, how long, who is told, which rights until when, where, and the code."""

from __future__ import annotations

import hashlib
import io
from dataclasses import replace
from datetime import date, timedelta

import pypdf
import pytest
import zxingcpp

from registry.entries import ProhibitionEntry
from registry.errors import NoticeNotPrintable
from registry.models import State
from sharing.persons.models import Notice
from sharing.persons.notices import issuing
from sharing.persons.notices.content import masked
from sharing.persons.notices.printing import qr
from sharing.persons.notices.words import SAID, YOU, YOUR
from tests import cast, noticing
from tests.test_paper import _pixels

pytestmark = pytest.mark.django_db


@pytest.fixture
def departments():
    """Finance may limit accounts, telecom is informed only, transport has a measure that does not fit."""
    finance, telecom, transport = (cast.department(sector) for sector in ("finance", "telecom", "transport"))
    cast.measure(finance)
    cast.measure(telecom, code="information", basis="", information_only=True, facts=())
    cast.measure(transport, code="licence-check", facts=("minors_data",), articles=("CL 287-1",))


def written(listing=None, language="zh-hans"):
    return noticing.text(noticing.made(listing, language=language).pdf)


def says(words, *expected):
    for each in expected:
        assert "".join(each.split()) in words, each


def test_in_chinese_it_says_everything_that_the_person_must_know(departments):
    words = written()
    says(
        words,
        "告知书", "受送达人", "高䶮", "居民身份证", "北京市朝阳区人民法院",
        "刑事裁判", "（2026）京0105刑初123号", "2026年9月1日", "2026年9月15日",
        "侵犯公民个人信息罪", "中华人民共和国刑法第二百五十三条之一", "与电信网络诈骗相关", "有期徒刑24个月",
        "不得从事个人信息处理相关职业",
        "登记尚未生效", "期满自动撤出", "刑事诉讼法",
        "finance-department局", "限制开立账户", "电信网络诈骗及其关联违法犯罪联合惩戒办法", "telecom-department局", "仅供知悉",
        "15日内作出决定", "3个工作日内更正或者撤出", "10日内向上一级人民法院", "不超过1,000字", "提前终止登记",
        "第四十五条", "第四十六条",
        "示范市高级人民法院登记办公室", "示范市示范路1号", "000-0000 0000", "registry@court.example", "09:00",
        "告知书码", "http://127.0.0.1:8000/identity/notice/", "2027年2月22日", "2026年11月24日",
    )  # fmt: skip
    assert "transport-department" not in words
    assert "licence-check" not in words


def test_in_english_it_says_the_same(departments):
    words = written(language="en")
    says(
        words,
        "Notice of a listing", "高䶮", "Resident identity card", "Chaoyang", "Criminal judgment", "（2026）京0105刑初123号",
        "1 September 2026", "15 September 2026", "crime of infringing citizens' personal information",
        "Criminal Law of the PRC, art. 253-1", "connected with telecom and online fraud",
        "fixed-term imprisonment, 24 months", "not in force yet", "ends then by itself",
        "finance-department", "Limiting new accounts", "telecom-department", "information only",
        "decides within 15 days", "within 3 working days", "within 10 days", "1,000 characters", "early end",
        "Telephone", "22 February 2027", "24 November 2026",
    )  # fmt: skip
    assert "您" not in words


def test_the_number_stands_masked_and_its_last_four_nowhere():
    words = written()
    says(words, "110105************")
    assert cast.DEFENDANT_NUMBER not in words
    assert cast.DEFENDANT_NUMBER[-4:] not in words
    assert masked("E12345678") == "E12******"
    assert "5678" not in masked("E12345678")


def test_every_recipient_is_named_and_where_there_is_none_it_says_so():
    says(written(), "目前没有应当告知的部门")


def test_where_it_is_in_force_it_does_not_say_that_it_waits(settings):
    settings.REGISTRY_NOTICE_WAIVER = "tests: service in court is presumed, 2026-11-24"
    listing = cast.in_force()
    words = written(listing)
    assert "登记尚未生效" not in words
    says(words, f"{listing.ends_on.year}年{listing.ends_on.month}月{listing.ends_on.day}日止")


def test_a_term_for_life_and_one_that_is_not_known_are_said():
    lifelong = ProhibitionEntry(scope="不得从事网络安全管理工作", basis="CSL 63", months=None)
    says(written(noticing.approved(cast.party(prohibitions=(lifelong,)))), "没有期满日", "每年复核一次")


def test_while_the_day_of_effect_is_not_known_the_term_is_open():
    listing = noticing.approved(cast.party(received_on=None))
    assert listing.state == State.AWAITING_EFFECT
    says(written(listing), "尚未确定", "登记期限在生效后计算")


def test_it_follows_the_clocks_of_the_court(settings):
    settings.REGISTRY_CLOCKS = {"objection_decided": 20}
    says(written(), "20日内作出决定")


def test_probation_and_fine_belong_to_the_penalty():
    listing = noticing.approved(cast.party(sentence_months=12, probation_months=24))
    says(written(listing), "有期徒刑12个月", "缓刑24个月", "罚金20,000元")
    says(written(listing, "en"), "12 months", "probation of 24 months", "a fine of 20,000 yuan")


def test_to_a_unit_it_is_addressed_as_such():
    listing = noticing.approved(noticing.unit(), number=cast.UNIT_NUMBER)
    words = written(listing)
    says(words, "单位名称", noticing.UNIT_NAME, "法定代表人（负责人）", "统一社会信用代码", "贵单位", "单位罚金")
    assert cast.UNIT_NUMBER[-4:] not in words
    assert "个人信息保护法》第四十五条" not in words
    says(written(listing, "en"), "Legal representative or person in charge", "your unit")


def test_a_penalty_is_named_with_its_authority():
    penalty = cast.judgment(
        kind="penalty", number="京网信罚〔2026〕7号", authority="CAC-BJ", filed_on=None, prosecutor_received_on=None
    )
    party = cast.party(
        charge="", article="PIPL 66(2)", penalty_kind="administrative", sentence_months=0, prohibitions=(),
        penalty_measures=("fine",),
    )  # fmt: skip
    listing = cast.draft(party, cast.entered_decision(penalty))
    cast.put_in_force(listing)
    says(
        written(cast.fresh(listing)),
        "北京市互联网信息办公室",
        "京网信罚〔2026〕7号",
        "行政处罚；罚款",
        "违反个人信息保护的规定",
    )


@pytest.mark.parametrize("name", ["高䶮", "𬭩㛃㳘", "王㛃"])
def test_a_rare_character_is_printed(name):
    says(written(noticing.approved(cast.party(cast.person(name=name)))), name)


def test_one_that_the_font_lacks_is_a_clear_error_and_nothing_is_made(caplog):
    notice = noticing.issued(noticing.approved(cast.party(cast.person(name="王\U00030000"))))
    with pytest.raises(NoticeNotPrintable):
        issuing.make(notice.pk, officer=cast.clerk(), now=cast.NOW)
    assert "王" not in caplog.text
    assert "\U00030000" not in caplog.text
    row = Notice.objects.get()
    assert (row.made_at, row.code_digest) == (None, None)


def test_it_is_tagged_and_its_title_and_language_are_named():
    for language, title, tag in (("zh-hans", "告知书", "zh"), ("en", "Notice of a listing", "en")):
        reader = pypdf.PdfReader(io.BytesIO(noticing.made(_again(), language=language).pdf))
        assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]
        assert reader.metadata.title == title
        assert reader.trailer["/Root"]["/Lang"].startswith(tag)
        assert len(reader.pages) <= 4


def _again():
    return noticing.approved() if not Notice.objects.exists() else cast.fresh(_listing())


def _listing():
    return cast.Listing.objects.get()


def test_the_qr_holds_the_address_and_the_code_and_nobodys_data():
    code = noticing.code_in(noticing.made().pdf)
    (read,) = zxingcpp.read_barcodes(_pixels(qr(code)))
    assert read.text == f"http://127.0.0.1:8000/identity/notice/#{code}"


def test_the_longest_one_still_prints(departments):
    """Many departments and prohibitions: the tables go on to the next page."""
    for each in range(30):
        cast.measure(cast.department("finance", code=f"finance-{each}"), code=f"measure-{each}")
    many = tuple(
        replace(ProhibitionEntry(scope="不得从事个人信息处理相关职业"), scope=f"不得从事第{n}类职业" * 8)
        for n in range(10)
    )
    words = written(noticing.approved(cast.party(prohibitions=many)))
    says(words, "finance-29局", "不得从事第9类职业")


def test_every_word_is_there_in_both_languages():
    for words in (*SAID.values(), *YOU.values(), *YOUR.values()):
        assert set(words) == {"zh", "en"}
        assert all(words.values())
        assert "黑名单" not in words["zh"]


def test_the_fingerprint_is_that_of_the_file():
    made = noticing.made()
    assert made.notice.sha256 == hashlib.sha256(made.pdf).hexdigest()
    assert made.notice.expires_at == cast.NOW + timedelta(days=90)
    assert date(2027, 2, 22) == made.notice.expires_at.date()
