"""A question as the search needs it: its words, what they may mean besides, and its vector."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal, get_args

from assistant.domain import Reader
from assistant.embeddings.encoder import Vectors
from assistant.japanese.tokens import search_forms
from assistant.library.reading import ManualLibrary
from assistant.search.sentence_match import SentenceMatch
from assistant.understanding.glossary import Glossary
from assistant.understanding.other_figures import other_numbers, other_years
from assistant.understanding.spelling import Respelt, Spelling
from assistant.understanding.vocabulary import Vocabulary

Step = Literal["glossary", "years", "numbers", "kana", "mistakes"]
STEPS: Final[frozenset[Step]] = frozenset(get_args(Step))
"""What is done to understand the words of a question; an evaluation leaves some out."""


@dataclass(frozen=True)
class Understood:
    """A question as the search needs it: its search forms, vector (dimension,), match.

    `counts` has each form with the number of chunks that hold it. `spelt` is the question with
    what its words mean; `vector` is of that. `respelt` are the words that it was searched for
    beside those that were typed.
    """

    question: str
    counts: Mapping[str, int]
    spelt: str
    vector: Vectors
    match: SentenceMatch
    respelt: tuple[Respelt, ...] = ()


class Understanding:
    """Understands the words of questions, in the steps that it is given."""

    def __init__(self, library: ManualLibrary, glossary: Glossary, steps: frozenset[Step]):
        self._library = library
        self._glossary = glossary
        self._spelling = Spelling(Vocabulary(library, glossary))
        self._steps = steps

    def warm(self) -> None:
        """Read the words of the manuals: 0.7 s at 100,000 chunks that the first question saves."""
        self._spelling.warm()

    def understand(
        self,
        question: str,
        *,
        reader: Reader | None = None,
        as_of: date | None = None,
        draft: str | None = None,
    ) -> Understood:
        """Return a question as the search needs it, its abbreviations spelt out.

        With a reader, words that none of the manuals holds that they may read on the day are
        looked for among the words of those manuals.
        """
        respelt, added = self.added(question, reader=reader, as_of=as_of, draft=draft)
        forms = search_forms(" ".join([question, *added]))
        spelt = f"{question}（{'、'.join(added)}）" if added else question
        if "numbers" in self._steps:
            forms += search_forms(" ".join(other_numbers(question)))
        keywords = self._library.keywords
        counts = keywords.document_counts(forms)
        match = SentenceMatch(forms, keywords.rarity(counts), question)
        vector = self._library.encoder.encode_question(spelt)
        return Understood(question, counts, spelt, vector, match, tuple(respelt))

    def added(
        self,
        question: str,
        *,
        reader: Reader | None = None,
        as_of: date | None = None,
        draft: str | None = None,
    ) -> tuple[list[Respelt], list[str]]:
        """Return the words of a question that are spelt anew, and all words searched for beside it.

        As `understand`, without embedding anything.
        """
        respelt: list[Respelt] = []
        if reader is not None and as_of is not None and self._steps & {"kana", "mistakes"}:
            respelt = self._spelling.respelt(
                question,
                versions=self._library.sources(reader=reader, as_of=as_of, draft=draft),
                kana="kana" in self._steps,
                mistakes="mistakes" in self._steps,
            )
        meant = [word for item in respelt for word in item.meant]
        return respelt, meant + self._meanings(" ".join([question, *meant]))

    def _meanings(self, question: str) -> list[str]:
        found = self._glossary.meanings(question) if "glossary" in self._steps else []
        return found + (other_years(question) if "years" in self._steps else [])
