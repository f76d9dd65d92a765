"""What somebody may want to ask next: the sections referred to, and those beside the quoted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from assistant.domain import Answer, Chunk, Reader, Source
from assistant.japanese.normalize import folded
from assistant.library import ManualLibrary
from assistant.library.headings import HeadingPath, headings_of
from assistant.understanding.heading_questions import HeadingQuestion, question_about

_BESIDE: Final = 6  # sections on either side of a quoted one


def next_questions(
    library: ManualLibrary, answers: Sequence[Answer], *, reader: Reader, asked: Sequence[str]
) -> Iterator[HeadingQuestion]:
    """Yield the questions that go on from the last answer of a conversation, the best first.

    They are worded from headings that the reader may read on the day of the answer: first what
    the quoted passages refer to, then what stands beside them, nearest first. Sections that the
    conversation has quoted, and questions that it has `asked`, are left out.
    """
    if not answers or answers[-1].outcome != "answered":
        return
    last = answers[-1]
    sources = library.sources(reader=reader, as_of=last.as_of)
    known = library.chunks([c.chunk_id for answer in answers for c in answer.citations])
    cited = [known[c.chunk_id] for c in last.citations if c.chunk_id in known]
    cited = [chunk for chunk in cited if chunk.version_id in sources]
    seen = {(chunk.version_id, chunk.heading_path) for chunk in known.values()}
    said = {folded(question) for question in asked}
    for version_id, path in _sections(library, cited, sources, reader, last):
        question = question_about(path, sources[version_id].manual)
        if question and (version_id, path) not in seen and folded(question) not in said:
            said.add(folded(question))
            yield HeadingQuestion(question, version_id, path)


def _sections(
    library: ManualLibrary,
    cited: Sequence[Chunk],
    sources: dict[str, Source],
    reader: Reader,
    answer: Answer,
) -> Iterator[tuple[str, HeadingPath]]:
    """Yield the sections that are referred to, then those beside the cited, nearest first."""
    keys = list(dict.fromkeys(chunk.id for chunk in cited))
    referenced = library.referenced(keys, reader=reader, as_of=answer.as_of)
    for key in keys:
        for referred in referenced.get(key, ()):
            yield referred.chunk.version_id, referred.chunk.heading_path
    headings = headings_of(library.database, dict.fromkeys(c.version_id for c in cited))
    for distance in range(1, _BESIDE + 1):
        for step in (distance, -distance):
            for chunk in cited:
                paths = headings.get(chunk.version_id, ())
                if chunk.heading_path not in paths:
                    continue
                place = paths.index(chunk.heading_path) + step
                if 0 <= place < len(paths):
                    yield chunk.version_id, paths[place]
