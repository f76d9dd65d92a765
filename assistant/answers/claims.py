"""What a sentence claims beside its figures: yes or no, who does it, and which belongs to what."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from assistant.answers.evidence import TABLE_MARK
from assistant.japanese.figures import placed_figures, western_years
from assistant.japanese.normalize import normalized
from assistant.japanese.tokens import tokens

_NEGATION: Final = re.compile(
    r"ない|ません|なく|せず|不要|不可|禁止|禁じ|除き|除く|除いて|対象外|認めら?れ?ず|できず|ず、|省略"
)
# Words that deny and yet demand: 提出しなければならない, 省略できない.
_DEMAND: Final = re.compile(
    r"な(?:ければ|いと|くては|くちゃ)(?:な(?:らない|りません|らず)|いけ(?:ない|ません))"
    r"|省略(?:は|することは|することが)?でき(?:ない|ません|ず)"
)
_CONDITION: Final = re.compile(r"[^、。\n]*(?:とき|場合)(?:は|には|に|も|で|、|の)+、?")
# 番号法にない目的 denies nothing of what is said about the purpose.
_BESIDE: Final = re.compile(r"[にがの]ない(?=[一-龠々ァ-ヶ])")
_ROLE: Final = (
    r"(?:副?市長|教育長|会計管理者|[部課係室局所館次]長|所属長|委員会"
    r"|課(?![一-龠々])|(?<!関)係(?![一-龠々]))"
)
_WHO: Final = re.compile(rf"[一-龠々ァ-ヶーa-z]*{_ROLE}")
_ITS_ROLE: Final = re.compile(rf"{_ROLE}$")
_BOUNDS: Final = "以[上下内前後降]|未満"
_UNNAMED: Final = re.compile(r"^(?:担当|各|主管|所管|所属|当該|同|本|その)*(?:課|係)$")
_LINES: Final = re.compile(r"[。\n]")
_CLAUSES: Final = re.compile(rf"、|{TABLE_MARK.strip()}")
Feature = tuple[str, Decimal | str]


@dataclass(frozen=True)
class _Part:
    """The nouns of a part of a text with its figures and roles, and these two alone."""

    words: frozenset[Feature]
    anchors: frozenset[Feature]


def _denies(text: str) -> bool:
    """Tell whether a text says no anywhere."""
    return _NEGATION.search(_BESIDE.sub("", _DEMAND.sub("", text))) is not None


def same_yes_or_no(text: str, evidence: str) -> bool:
    """Tell whether two texts agree in yes and no, apart from their conditions and in these.

    「待てないときは発注できます」 says yes; its condition says no.
    """
    said, told = normalized(text), normalized(evidence)
    if _denies(_CONDITION.sub("", said)) != _denies(_CONDITION.sub("", told)):
        return False
    conditions = [_denies(condition) for condition in _CONDITION.findall(told)]
    return not conditions or all(
        _denies(condition) in conditions for condition in _CONDITION.findall(said)
    )


def invents_condition(text: str, known: str) -> bool:
    """Tell whether a condition of a text (…とき, …場合) speaks of nothing that is known."""
    told = _nouns(known)
    conditions = [_nouns(condition) for condition in _CONDITION.findall(normalized(text))]
    return any(nouns and not nouns & told for nouns in conditions)


def _nouns(text: str) -> set[str]:
    return {token.form for token in tokens(text) if token.is_noun} - {"時", "場合"}


def names_others(text: str, evidence: str) -> bool:
    """Tell whether a text names an office or a role (課長, 審査係) that the evidence does not."""
    told = normalized(evidence)
    known = {token.form for token in tokens(told)}
    for who in _WHO.findall(normalized(text)):
        if who in told or _UNNAMED.match(who):
            continue
        role = _ITS_ROLE.search(who)
        stem = who[: role.start()] if role else who
        if role is None or role[0] not in told or any(t.form not in known for t in tokens(stem)):
            return True
    return False


def belongs_elsewhere(text: str, evidence: str) -> bool:
    """Tell whether a figure or role of a text stands with words that go with another one.

    「工事は14日以内、その他は10日以内」 does not say that 工事 has 10: of two figures of one unit
    (or two roles) in the evidence, a text that states one alone must not hold what only the
    other's sentence says and nothing of what only its own does. Within a sentence what stands
    before a figure counts: the verb at the end belongs to all of them.
    """
    said = _part(text)
    whole = [_part(one) for one in _LINES.split(evidence) if one.strip()]
    if _any_elsewhere(said, whole):
        return True
    return any(
        _any_elsewhere(said, [_part(clause, ahead=True) for clause in _CLAUSES.split(sentence)])
        for sentence in _LINES.split(evidence)
        if sentence.strip()
    )


def _any_elsewhere(said: _Part, parts: list[_Part]) -> bool:
    for anchor in said.anchors:
        own = [part for part in parts if anchor in part.anchors]
        around = frozenset().union(*(part.words for part in own))
        for other in parts:
            rivals = {feature for feature in other.anchors if feature[0] == anchor[0]}
            if not own or other in own or not rivals or rivals & said.anchors:
                continue
            mine, theirs = around - other.words, other.words - around
            kin = {feature for feature in mine | theirs if feature[0] == anchor[0]}
            if said.words & (theirs - kin) and not said.words & (mine - kin):
                return True
    return False


def _part(text: str, *, ahead: bool = False) -> _Part:
    """Return the words and anchors of a text; `ahead`: only the words before its last anchor."""
    plain = western_years(text)
    roles = list(re.finditer(_ROLE, plain))
    placed = placed_figures(plain)
    anchors: set[Feature] = {("役", match[0]) for match in roles if len(match[0]) > 1}
    anchors |= {(figure.unit, figure.value) for figure, _, _ in placed}
    last = max([start for _, start, _ in placed] + [match.start() for match in roles], default=0)
    for _, start, end in placed:
        plain = plain[:start] + "/" * (end - start) + plain[end:]
    if ahead and anchors:
        plain = plain[:last]
    nouns: set[Feature] = {
        ("名", token.form)
        for token in tokens(re.sub(rf"{_ROLE}|{_BOUNDS}", " ", plain))
        if token.is_noun and token.detail != "助数詞可能"
    }
    return _Part(frozenset(nouns | anchors), frozenset(anchors))
