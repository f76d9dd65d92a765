"""Brings digits, numerals and units of Japanese office text into one notation for comparison.

The evaluation's own code on purpose: it shares nothing with the assistant, so that a mistake in
the assistant's verifier is not repeated by the checker that counts its failures.
"""

from __future__ import annotations

import re
import unicodedata
from fractions import Fraction

# A unit and a value in it: ("円", 1300000), ("暦", "2025-04-01"), ("条文", "条3/項2").
Reading = tuple[str, Fraction | str]

ARABIC = r"(?:[0-9]{1,3}(?:,[0-9]{3})+(?![0-9])|[0-9]+)(?:\.[0-9]+)?"
KANJI = "[〇一二三四五六七八九十百千]"
NUMBER = (
    rf"(?>{ARABIC}(?:[十百千万億兆]+{ARABIC})*[十百千万億兆]*"
    rf"|{KANJI}(?:{KANJI}|[万億兆])*(?:[,、][〇一二三四五六七八九]{{3}}(?!{KANJI}))*)"
)
DAY = r"(?:[0-9]{1,2}|[一二三四五六七八九十]{1,3})"
# What follows a number of days or months that is a length of time and no date.
PERIOD = (
    r"(?:間|以内|以上|以下|未満|を超|を経|につき|当たり|あたり|[前後](?![半期])|ごと"
    r"|の期間|の猶予)"
)

# How a unit is written (longer ones first), its common name ("" = as written) and its factor.
_UNITS: tuple[tuple[re.Pattern[str], str, Fraction], ...] = tuple(
    (re.compile(written), name, Fraction(factor))
    for written, name, factor in (
        ("円", "円", "1"),
        ("年間|[かカヶケヵ箇個]年間?", "月", "12"),
        ("[かカヶケヵ箇個]月間?", "月", "1"),
        ("週間|週", "日", "7"),
        ("日間|日(?!本(?!庁|部)|曜)", "日", "1"),
        ("時間", "分", "60"),
        ("分間|分", "分", "1"),
        ("秒間|秒", "秒", "1"),
        ("年(?!度)", "月", "12"),
        ("%|パーセント", "率", "1/100"),
        ("平方メートル|m2|平米", "平方メートル", "1"),
        ("立方メートル|m3", "立方メートル", "1"),
        ("キロメートル|km", "メートル", "1000"),
        ("センチメートル|センチ|cm", "メートル", "1/100"),
        ("ミリメートル|ミリ|mm", "メートル", "1/1000"),
        ("メートル|m(?![A-Za-z])", "メートル", "1"),
        ("キログラム|kg", "グラム", "1000"),
        ("グラム|g(?![A-Za-z])", "グラム", "1"),
        ("トン|t(?![A-Za-z])", "グラム", "1000000"),
        ("ギガバイト|GB", "バイト", "1000000000"),
        ("メガバイト|MB", "バイト", "1000000"),
        ("キロバイト|[Kk]B", "バイト", "1000"),
        ("[かカヶケヵ箇個]所", "箇所", "1"),
        ("人(?!材|権|件|事)|名(?!称|義|簿|前)", "人", "1"),
        ("事業者|業者|者|社(?!会|員)", "者", "1"),
        ("ページ|頁", "ページ", "1"),
        ("歳|才", "歳", "1"),
        ("文字|字", "字", "1"),
        ("季期|協定|世帯|団体|種類|項目|区分|段階|丁目|番地|ポイント|ドル|リットル", "", "1"),
        ("件|回|部|枚|通(?!常|り)|台|冊|級|階|倍|泊|本(?!庁|部)|個|つ|位|桁|行|列", "", "1"),
        ("点|度|期|次|種|番", "", "1"),
    )
)
UNIT = "(?:" + "|".join(written.pattern for written, _, _ in _UNITS) + ")"

_SCALES = {"十": 10, "百": 100, "千": 1000, "万": 10**4, "億": 10**8, "兆": 10**12}
_DIGITS = "〇一二三四五六七八九"

# Words with a numeral in them that state no figure, and marks that only number or point.
_WORDS = re.compile(
    r"https?://[!-~]+"
    r"|\[[0-9]{1,3}(?:\s*[,、]\s*[0-9]{1,3})*\]"
    r"|単位[:は]?\s*(?:百万|千|万)?円|\((?:百万|千)円\)"
    rf"|(?m:^[\s・*#>-]*(?:[0-9]{{1,2}}[.)、](?![0-9])|[QA][0-9]{{1,2}}[.:]"
    rf"|[0-9]{{1,2}}\s+(?!{UNIT}|[0-9月以未超|])))"
    r"|(?:(?m:^[\s・*#>-]*)|(?<=[、。:\s・]))\([0-9]{1,2}\)"
    r"|[数何幾][十百千万億]+|[十百千]+数"
    r"|第[三3](?:者|セクター)|第[一二三四五1-5](?:に(?![掲示定規基よお])|線|義|印象|歩)|もう[一1]度"
    rf"|(?<!{KANJI})(?:一部(?!ずつ)(?<![本票各]一部)|一時(?!間)(?<!午[前後]一時)"
    r"|十分(?!間|以|程度|前|後|ごと|の[0-9一二三四五六七八九])"
    r"|一人(?=ひとり|一人|親|暮|で)|二人三脚|一円(?<!金一円)|一つ|二度と|一本化|一通り|一件書類"
    r"|一日(?=も|中|でも)|一年(?=中|生)|一社(?=会|員)|一個人|二者択一|一位"
    r"|三者(?=協議|契約|面談|間|機関|委員)|六本木|[二三四五八十]日(?=市|町)|五月(?=雨|病)"
    r"|三日坊主|十字(?=路|架|型)|二分(?=す|し|さ)|千歳|十人十色|五分五分|七五三|三位一体)"
    r"|(?<=一人)一人|(?<![0-9.,])1(?:人(?=ひとり|1人)|つ|度)|(?<=1人)1人"
)


def normalise(text: str) -> str:
    """Return the text in one notation of digits and signs, words that are no figures blanked."""
    text = text.replace("㎡", "平方メートル").replace("㎥", "立方メートル")
    text = re.sub("[①-⑳]", "＿", text)
    text = unicodedata.normalize("NFKC", text).replace("−", "-").replace("〜", "~")
    text = re.sub("参(?=[拾百千万])", "三", text).translate(str.maketrans("壱弐拾", "一二十"))
    # In 第一四半期 the numeral would swallow the 四.
    text = text.replace("四半期", "季期")
    text = re.sub(r"(?<=[年月第前後和成治正])[ ]+(?=[0-9])", "", text)
    text = re.sub(rf"(?<=[0-9千万億])[ ]+(?=[年月条項号]|[千万億]+ *円|{UNIT})", "", text)
    return _WORDS.sub(lambda match: "_" * len(match[0]), text)


def number_value(numeral: str) -> Fraction:
    """Return the value of a numeral in Arabic, kanji or mixed notation (1億2,000万, 百三十万)."""
    total, section = Fraction(0), Fraction(0)
    current: Fraction | None = None
    for part in re.findall(r"[0-9]+(?:\.[0-9]+)?|\D", re.sub("[,、]", "", numeral)):
        if part[0].isdigit():
            current = Fraction(part)
        elif part == "元":
            current = Fraction(1)
        elif part in _DIGITS:
            current = (current or Fraction(0)) * 10 + _DIGITS.index(part)
        elif _SCALES[part] < 10**4:
            section += (1 if current is None else current) * _SCALES[part]
            current = None
        else:
            total += (section + (current or 0)) * _SCALES[part]
            section, current = Fraction(0), None
    return total + section + (current or 0)


def common_unit(written: str) -> tuple[str, Fraction]:
    """Return the common name of a unit and the factor that converts to it."""
    for pattern, name, factor in _UNITS:
        if pattern.fullmatch(written):
            return name or written, factor
    return written, Fraction(1)
