"""What is counted, each with its definition in both languages."""

from __future__ import annotations

from registry.statistics.shapes import Base, Unit, Words

BASES = (
    Base(
        "cases_filed",
        Unit.CASES,
        Words("收案", "Cases filed"),
        Words(
            "统计期内立案的案件，一审、二审和再审分别计算。",
            "Cases of the case register filed in the period; each instance is a case of its own.",
        ),
    ),
    Base(
        "cases_concluded",
        Unit.CASES,
        Words("结案", "Cases concluded"),
        Words(
            "统计期内审结的案件，不论何时立案；案件登记尚未得知结案情况的，文书生效后以其宣告之日为结案日。",
            "Cases of the register concluded in the period, whenever they were filed. Of which nobody told how it ended, counts as "
            "concluded on the day on which its decision was pronounced, once that is in force.",
        ),
    ),
    Base(
        "first_instance",
        Unit.CASES,
        Words("审结的一审案件", "First-instance cases concluded"),
        Words("审结案件中案号类型代字为一审的案件。", "Concluded cases whose number is that of a first instance."),
        within="cases_concluded",
    ),
    Base(
        "on_records",
        Unit.CASES,
        Words("按信息条数量刑的一审案件", "First-instance cases sentenced on the number of records"),
        Words(
            "审结的一审案件中，本案当前生效文书载明了信息条数的案件；条数为各类信息之和。",
            "First-instance cases concluded whose matter's decision in force states numbers of records; they are added up over "
            "the kinds of data.",
        ),
        within="first_instance",
    ),
    Base(
        "with_kinds",
        Unit.CASES,
        Words("载明信息种类的案件", "Cases with kinds of data recorded"),
        Words(
            "审结的案件中，同案当前生效文书载明了信息种类的案件；一审、二审共用同一生效文书的认定。",
            "Concluded cases whose matter's decision in force records kinds of data; the instances of a matter share its findings.",
        ),
        within="cases_concluded",
    ),
    Base(
        "decisions",
        Unit.DECISIONS,
        Words("生效裁判、处罚文书", "Decisions in force"),
        Words(
            "统计期内宣告或者作出、已经生效的裁判文书和处罚决定，每份计一次。",
            "Judgments, rulings and penalty decisions pronounced in the period that took effect, each once.",
        ),
    ),
    Base(
        "convicted",
        Unit.PERSONS,
        Words("被判有罪的自然人", "Convicted persons"),
        Words(
            "统计期内宣告的生效刑事裁判文书中的被告人（自然人），以文书生效时为准，每份文书每人计一次；"
            "此后再审改判不影响已经公布的统计期，登记错误（错人、无效登记）和依法封存的不计入。",
            "Natural persons of the criminal decisions pronounced in the period that took effect, as these took effect, once for "
            "each decision; a later retrial does not change a period, and who was entered in error or is sealed is not counted.",
        ),
    ),
    Base(
        "fined",
        Unit.PERSONS,
        Words("被判处罚金的自然人", "Persons fined"),
        Words("被判有罪的自然人中罚金大于零的人。", "Convicted persons with a fine above zero."),
        within="convicted",
    ),
    Base(
        "units_convicted",
        Unit.UNITS,
        Words("被判有罪的单位", "Units convicted"),
        Words(
            "同上，当事人为单位。不计入被判有罪的自然人。",
            "The same for units; they are not among the convicted persons.",
        ),
    ),
    Base(
        "penalised",
        Unit.PERSONS,
        Words("受行政处罚的自然人", "Persons penalised"),
        Words(
            "统计期内作出、已经生效的处罚决定中的自然人。",
            "Natural persons of penalty decisions of the period that took effect.",
        ),
    ),
    Base(
        "in_force",
        Unit.LISTINGS,
        Words("在列登记", "Listings in force"),
        Words(
            "统计时刻处于在列或者中止共享状态、期限尚未届满的登记。",
            "Listings that are active or suspended at the moment of counting, and whose last day is not over.",
        ),
        of_the_moment=True,
    ),
)
