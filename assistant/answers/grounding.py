"""Verifying a model's sentence against the passages it cites."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from assistant.answers.evidence import Passage
from assistant.answers.prompts import NOT_FOUND, SYSTEM
from assistant.japanese.figures import figures, supported
from assistant.japanese.normalize import folded, has_japanese, normalized
from assistant.japanese.sentences import sentences
from assistant.japanese.tokens import tokens

Verdict = Literal["supported", "unsupported", "refusal", "noise"]
_MARKER = re.compile(r"\s*[\[［【(（](\d{1,2})[\]］】)）](?!\d)")
_BRACKETED = re.compile(r"\s*[\[［【](\d{1,2})[\]］】]")
_LIST_NUMBER = re.compile(r"^\s*(?:\d{1,2}[.．)）]\s*|[(（]\d{1,2}[)）]\s*|[・\-*•]\s*)+")
_NEGATION = re.compile(
    r"ない|ません|なく|せず|不要|不可|禁止|禁じ|除き|除く|除いて|対象外|認めら?れ?ず|できず|ず、|省略"
)
_LEAK_LENGTH = 14
_WORDS_SUPPORTED = 0.6


@dataclass(frozen=True)
class Verified:
    """A sentence without its markers, the verdict, and the markers that support it."""

    text: str
    verdict: Verdict
    markers: tuple[int, ...]
    best_marker: int | None


def verify_sentence(
    raw: str, passages: Sequence[Passage], *, question: str, earlier: Sequence[str] = ()
) -> Verified:
    """Judge one sentence.

    `supported`: its figures, its words and its yes or no stand in a passage it cites (or, where
    it cites none or the wrong one, in exactly one other). `unsupported`: they do not. `refusal`:
    the agreed phrase for "not in the manuals". `noise`: another language, a repetition, the
    prompt, or nothing.
    """
    cited = tuple(dict.fromkeys(int(m) for m in _BRACKETED.findall(raw)))
    text = _LIST_NUMBER.sub("", _BRACKETED.sub("", raw)).strip()
    if folded(NOT_FOUND).rstrip("。") in folded(text):
        return Verified(text, "refusal", (), None)
    if _is_noise(text, earlier):
        return Verified(text, "noise", (), None)
    by_marker = {p.citation.marker: p for p in passages}
    known = [m for m in cited if m in by_marker]
    order = known + [m for m in by_marker if m not in known]
    for marker in order:
        if _supports(by_marker[marker], text, question):
            return Verified(text, "supported", (marker,), marker)
    if len(known) > 1 and _supports_together([by_marker[m] for m in known], text, question):
        return Verified(text, "supported", tuple(known), known[0])
    return Verified(text, "unsupported", (), order[0] if order else None)


def _is_noise(text: str, earlier: Sequence[str]) -> bool:
    plain = folded(text)
    if len(plain) < 4 or not has_japanese(text):
        return True
    if any(plain in folded(other) or folded(other) in plain for other in earlier):
        return True
    prompt = folded(SYSTEM)
    if "根拠>" in normalized(text) or "質問>" in normalized(text):
        return True
    pieces = (plain[i : i + _LEAK_LENGTH] for i in range(len(plain) - _LEAK_LENGTH + 1))
    return any(piece in prompt for piece in pieces)


def _supports(passage: Passage, text: str, question: str) -> bool:
    return _all_supported([passage], text, question)


def _supports_together(passages: Sequence[Passage], text: str, question: str) -> bool:
    return _all_supported(passages, text, question)


def _all_supported(passages: Sequence[Passage], text: str, question: str) -> bool:
    evidence = "\n".join(p.evidence for p in passages)
    return (
        _figures_supported(text, evidence)
        and _words_supported(text, evidence, question)
        and _same_polarity(text, passages)
    )


def _figures_supported(text: str, evidence: str) -> bool:
    known = figures(evidence)
    return all(supported(figure, known) for figure in figures(text))


def _words_supported(text: str, evidence: str, question: str) -> bool:
    """Ask that most words stand in the evidence; words of the question alone prove nothing."""
    said = _content(text)
    if not said:
        return False
    known, asked = _content(evidence), _content(question)
    proved = said & known
    new = said - asked
    enough = len(proved) >= _WORDS_SUPPORTED * len(said)
    return enough and (not new or len(new & known) >= _WORDS_SUPPORTED * len(new))


def _same_polarity(text: str, passages: Sequence[Passage]) -> bool:
    """Compare yes and no with the sentence of the evidence that shares most words."""
    said = _content(text)
    best: tuple[float, str] = (0.0, "")
    for passage in passages:
        for sentence in sentences(passage.context):
            words = _content(sentence)
            share = len(said & words) / (len(said | words) or 1)
            best = max(best, (share, sentence))
    if best[0] < 0.3:
        return True
    return bool(_NEGATION.search(text)) == bool(_NEGATION.search(best[1]))


def _content(text: str) -> set[str]:
    return {
        token.form
        for token in tokens(text)
        if token.part in ("名詞", "動詞", "形容詞", "形状詞") and token.detail != "非自立可能"
    }
