"""The words of the report that are the same in every release, in both languages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from registry.statistics.shapes import Words

LABELS: Mapping[str, Words] = {
    "report": Words("司法统计白皮书", "White paper of court statistics"),
    "number": Words("统计发布编号", "Release"),
    "period": Words("统计期", "Period"),
    "counted": Words("统计时刻", "Counted at"),
    "smallest": Words("公布的最小数值", "Smallest number published"),
    "address": Words("永久地址", "Permanent address"),
    "frozen": Words("已经冻结并签名，内容不再改动。", "In force: frozen and signed. It is not changed any more."),
    "contents": Words("目录", "Contents"),
    "how": Words("阅读说明", "How to read this report"),
    "heads": Words("主要指标", "Head figures"),
    "definitions": Words("基数的定义", "Definitions of the bases"),
    "method": Words("统计方法", "Method"),
    "corrections": Words("更正", "Corrections"),
    "citation": Words("引用格式", "How to cite"),
    "verify": Words("如何核验签名", "How to verify the signature"),
    "item": Words("项目", "Item"),
    "value": Words("数值", "Number"),
    "share": Words("占比 %", "Share, %"),
    "figure": Words("指标", "Figure"),
    "base": Words("基数", "Base"),
    "unit": Words("单位", "Unit"),
    "definition": Words("定义", "Definition"),
    "year": Words("年份", "Year"),
    "within": Words("属于：", "Within: "),
    "page": Words("第{page}页，共{pages}页", "Page {page} of {pages}"),
}

HOW_TO_READ: Sequence[tuple[Words, Words]] = (
    (
        Words("单位", "Units"),
        Words(
            "案件、文书、自然人、单位和登记是不同的统计单位，分别计算，互不相等。同一人在两份文书中被判刑的，计两人次。",
            "Cases, decisions, persons, units and listings are different things and are counted apart. Who is convicted by "
            "two decisions is counted twice.",
        ),
    ),
    (
        Words("基数", "Bases"),
        Words(
            "每个数值都注明基数。占比是数值占其基数的百分比，四舍五入到一位小数，相加可能不等于100%。"
            "一件可以有几项的统计表，各行相加也不等于基数，表下另有说明。",
            "Each number names its base. A share is the number in per cent of its base, rounded to one decimal, so shares may "
            "not add up to 100 %. Where one unit may be in several rows, the rows do not add up to the base, and a note "
            "under the table says so.",
        ),
    ),
    (
        Words("不公布的数值", "Numbers left out"),
        Words(
            "大于零、小于{smallest}的小数值不公布，以免识别出具体的人；可以用来推算出它的其他数值也一并不公布。"
            "图中以虚线空框、表中以“—”标明。不公布不等于零，零照写为0。",
            "Small numbers, above zero and below {smallest}, are left out so that nobody can be identified; so is every "
            "other number by which one could be worked out. Charts show an empty dashed outline, tables a dash. Left out is "
            "not zero: zero is written as 0.",
        ),
    ),
    (
        Words("差值", "Differences"),
        Words(
            "本发布与以前各次发布之间的小差值同样受保护。因此，某个数值可能在一次发布中公布，在另一次发布中不公布。",
            "Small differences between this release and the earlier ones are protected in the same way. So a number may be "
            "published in one release and left out of another.",
        ),
    ),
)

METHOD: Sequence[Words] = (
    Words(
        "数值由登记簿和案件登记在统计时刻直接计算，按统计方法第{method}版，没有人工改动。统计期的首日和末日都计入。",
        "The numbers are counted from the register and from the register of cases at the moment of counting, by version "
        "{method} of the method, and nobody alters them. The first and the last day belong to the period.",
    ),
    Words(
        "裁判文书以生效时的内容为准。依法封存的记录和登记错误的记录不计入任何数值。",
        "Decisions count as they were when they took effect. Records that are sealed by law or were entered in error are "
        "in no number.",
    ),
    Words(
        "刑期、缓刑考验期和罚金以文书判处的为准，其后的减刑等变更不影响统计。文书内容登记有误、以后更正的，下次统计时计入文书宣告之日所在的统计期；"
        "对变更后数值的更正不影响统计。已经发布的不改动，必要时以新的编号更正。",
        "Sentence, probation and fine are those that the decision imposed; a commutation or another change afterwards moves no figure, and "
        "neither does a correction of what stands since such a change. Where what the decision said was recorded wrongly and is corrected, the "
        "next count has it in the period of the day of the decision. What is released stays, and is corrected by a new release where need be.",
    ),
    Words(
        "生效裁判文书中的被判刑人所涉案件视为已经审结，但两者不一定计入同一统计期：案件按结案日计，被判刑人按文书宣告日计。"
        "个别案件从文书得不出结案方式的，在法院登记结案以前，只计被判刑人，不计结案。",
        "The case of whoever was convicted by a decision in force is concluded, but both need not count in the same period: the case "
        "counts on the day of its conclusion, the person on the day on which the decision was pronounced. Where no outcome follows "
        "from a decision, the person counts, and the case only once the court concludes it.",
    ),
    Words(
        "分析性判断（行业、渠道、手段等）来自承办法院登记的情况，未登记的列为“未记录”。",
        "Findings such as industries, channels and means come from what the courts recorded; what they did not record is "
        "shown as not recorded.",
    ),
    Words(
        "本报告、图表和数据文件由同一份冻结的内容生成，数值完全一致。",
        "This report, the charts and the data files are made from the same frozen content and agree in every number.",
    ),
)

CORRECTED = Words("本发布更正{number}号统计发布。更正原因：{why}", "This release corrects release {number}. Why: {why}")
NOT_CORRECTING = Words("本发布不是对以前发布的更正。", "This release corrects no earlier one.")
CORRECTIONS = Words(
    "已经发布的内容不再改动。发现错误的，以新的编号发布更正并说明原因，原发布及其文件保留在原地址，并注明已被更正。",
    "What is released is not changed. An error is corrected by a new release with its own number, which says why; the "
    "earlier one stays at its address with its files, marked as corrected.",
)

VERIFY: Sequence[Words] = (
    Words(
        "1. 在永久地址下载签名（紧凑JWS格式）和需要核验的文件。",
        "1. Take the signature (compact JWS) and the file in question from the permanent address.",
    ),
    Words(
        "2. 用{keys}公布的公钥（Ed25519）验证签名。",
        "2. Verify the signature with the public keys (Ed25519) at {keys}.",
    ),
    Words(
        "3. 签名中的“content”是文件data.json全部字节的SHA-256，“files”列出包括本报告在内的每个文件的SHA-256，"
        "与所得文件比较，一致即未经改动。",
        "3. In it, “content” is the SHA-256 of all bytes of data.json, and “files” lists that of each file, this report "
        "among them. Compare them with the files that you have.",
    ),
    Words("本发布data.json的SHA-256：", "SHA-256 of this release's data.json:"),
)


@dataclass(frozen=True)
class Theme:
    """A chapter and its tables."""

    words: Words
    tables: tuple[str, ...]


THEMES: Sequence[Theme] = (
    Theme(
        Words("案件", "Cases"),
        (
            "cases_by_year",
            "filed_by_year",
            "concluded_by_year",
            "outcomes",
            "instances",
            "filed_by_court",
            "concluded_by_court",
        ),
    ),
    Theme(Words("涉案信息", "Data"), ("data_tiers", "data_kinds", "records")),
    Theme(
        Words("行为", "Conduct"),
        ("decision_kinds", "channels", "payments", "evasions", "associated_offences", "gains"),
    ),
    Theme(
        Words("被判刑人和刑罚", "Persons and penalties"),
        ("sentences", "probation", "fines", "employed", "education", "industries", "sectors", "occupations"),
    ),
    Theme(Words("登记与共享", "Listings and sharing"), ("told", "applied")),
)
OTHERS = Words("其他统计表", "Further tables")
