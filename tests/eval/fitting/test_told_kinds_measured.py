from assistant.answers.evidence import ScoredSentence
from assistant.domain import Chunk, RetrievedChunk, Source, Span
from assistant.search.told_kinds import TOLD_KINDS, told_kinds
from eval.fitting.told_kinds import Weighed, measured, table
from eval.sets.question_set import Case, Place

SENTENCES = ("申請の様式は別に定めます。", "申請は二月ごとに行います。", "申請は早めに行います。")
TELLING = "申請には領収書の写しを添えます。"


def _hit(rank, sentence):
    chunk = Chunk(f"c{rank}", "v", rank, ("申請",), rank + 1, rank + 1, "text", sentence, "0",
                  (Span(0, len(sentence), rank + 1),))  # fmt: skip
    source = Source("m", "手引き", "", "", "", "v", 1, "手引き.pdf", None)
    return RetrievedChunk(chunk, source, 1.0, {}, 0)


def _weighed(question):
    found = [_hit(rank, sentence) for rank, sentence in enumerate((*SENTENCES, TELLING))]
    scored = tuple(ScoredSentence(rank, 0, 0.9, 0.0, False) for rank in range(len(found)))
    case = Case("1", question, True, (Place("手引き.pdf", 4),), key_facts=("領収書の写し",))
    return Weighed(case, found, scored, told_kinds(question))


def test_a_kind_that_brings_the_fact_in_is_seen_in_the_table():
    rows = [_weighed("申請には何を添えますか")]
    without = measured(rows, (), name="none")
    with_kinds = measured(rows, TOLD_KINDS, name="all")
    assert (without.facts, without.citation) == (0.0, 0.0)
    assert (with_kinds.facts, with_kinds.citation) == (1.0, 1.0)


def test_each_kind_is_measured_over_the_questions_that_ask_for_it():
    lines = {line.kinds: line for line in table([_weighed("申請には何を添えますか")])}
    assert lines["none"].cases == lines["needed: with"].cases == 1
    assert lines["who: with"].cases == 0
    assert lines["who: with"].facts is None
