"""What every sum shares: its steps, and whether a rule is met by what the question says."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from assistant.answers.computing.quantities import content_words
from assistant.japanese.normalize import normalized

_CONDITION: Final = re.compile(r"([^、。()「」]*?)(?:とき|場合)(?:は|に|、|の)")
_TOPIC: Final = re.compile(r"([一-龠々ァ-ヶー]{2,})(?:の額|の金額|の期限)?(?:は|って|を|が)")
_PROVISO: Final = re.compile(r"ただし|この限りで|を除[きくい]")


@dataclass(frozen=True)
class Sum:
    """Steps that can be checked one by one (500万円 × 10/100 = 50万円), and what they come to."""

    steps: tuple[str, ...]
    meaning: str

    @property
    def text(self) -> str:
        """The sum as it is said: the steps first."""
        return f"{'。'.join(self.steps)}。{self.meaning}"


def speaks_of(question: str, rule: str) -> bool:
    """Tell whether a rule treats what the question asks about.

    A topic of the question (契約保証金は) stands in the rule; where the question names none, they
    share a word.
    """
    plain = normalized(rule)
    topics = _TOPIC.findall(normalized(question))
    if topics:
        return any(topic in plain for topic in topics)
    return bool(content_words(question) & content_words(rule))


def conditions_met(question: str, rule: str) -> bool:
    """Tell whether the question says every condition (…とき, …場合) of a rule in its own words.

    What a ただし書 says is pointed out by `proviso` instead.
    """
    asked, main = content_words(question), normalized(rule).partition("ただし")[0]
    return all(content_words(said) <= asked for said in _CONDITION.findall(main))


def proviso(rule: str) -> str:
    """Return the word of caution for a rule with an exception, "" for one without."""
    if not _PROVISO.search(rule):
        return ""
    return "引用に例外が書かれています。当たらないか確かめてください。"
