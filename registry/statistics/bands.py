"""Numbers in bands: of records, of gains, of terms, of fines."""

from __future__ import annotations

from registry.statistics.shapes import Row, Words

RECORDS = (
    Row("to_5000", Words("5,000条以下", "up to 5,000"), 0),
    Row("to_50000", Words("5,001至50,000条", "5,001 to 50,000"), 5_001),
    Row("to_500000", Words("50,001至500,000条", "50,001 to 500,000"), 50_001),
    Row("above_500000", Words("500,000条以上", "above 500,000"), 500_001),
)
GAINS = (
    Row("to_5000", Words("5,000元以下", "up to 5,000 yuan"), 0),
    Row("to_50000", Words("5,001至50,000元", "5,001 to 50,000 yuan"), 5_001),
    Row("to_500000", Words("50,001至500,000元", "50,001 to 500,000 yuan"), 50_001),
    Row("above_500000", Words("500,000元以上", "above 500,000 yuan"), 500_001),
)
TERMS = (
    Row("term_to_1", Words("有期徒刑一年以下", "imprisonment, up to 1 year"), 0),
    Row("term_to_3", Words("有期徒刑一年以上至三年", "imprisonment, over 1 to 3 years"), 13),
    Row("term_to_5", Words("有期徒刑三年以上至五年", "imprisonment, over 3 to 5 years"), 37),
    Row("term_above_5", Words("有期徒刑五年以上", "imprisonment, over 5 years"), 61),
)
FINES = (
    Row("not_fined", Words("未处罚金", "not fined"), 0),
    Row("to_10000", Words("1万元以下", "up to 10,000 yuan"), 1),
    Row("to_50000", Words("1万元以上至5万元", "over 10,000 to 50,000 yuan"), 10_001),
    Row("to_100000", Words("5万元以上至10万元", "over 50,000 to 100,000 yuan"), 50_001),
    Row("to_500000", Words("10万元以上至50万元", "over 100,000 to 500,000 yuan"), 100_001),
    Row("above_500000", Words("50万元以上", "over 500,000 yuan"), 500_001),
)
