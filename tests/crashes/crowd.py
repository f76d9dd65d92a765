"""Twenty thousand passages beside the manuals that are killed: a library as a city may have it."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date
from typing import Final

from small_manuals import prepared_manual

from assistant import calendar
from assistant.library import Publisher
from assistant.library.drafts import store_vectors
from assistant.opening import Assistant
from assistant.people.access import OPERATOR

_SYLLABLES: Final = (
    "あいうえおかきくけこさしすせそたちつてとなにぬねのはひふへほまみむめもやゆよらりるれろわ"
)
_PROBES: Final = 5


@dataclass(frozen=True)
class Crowd:
    """So many manuals of so many passages each, of random words: every vector is another."""

    manuals: int
    of_each: int

    @property
    def passages(self) -> int:
        return self.manuals * self.of_each

    def publish(self, assistant: Assistant) -> None:
        """Publish all of them."""
        for number in range(self.manuals):
            texts = [self.text(number, row) for row in range(self.of_each)]
            name = f"crowd{number}"
            prepared = prepared_manual(*texts, manual_id=name, title=name, since=date(2019, 4, 1))
            store_vectors(assistant.library.vectors, assistant.encoder, prepared.drafts)
            Publisher(assistant.library).publish(prepared)

    def text(self, manual: int, row: int) -> str:
        """Return one passage, the same each time."""
        rng = random.Random(manual * 1_000_003 + row)
        return "、".join("".join(rng.choices(_SYLLABLES, k=8)) for _ in range(4)) + "。"

    def must_be_found(self, assistant: Assistant, rng: random.Random) -> None:
        """Require that passages chosen at random are found by their vectors, whoever answers."""
        for _ in range(_PROBES):
            text = self.text(rng.randrange(self.manuals), rng.randrange(self.of_each))
            hits = assistant.retriever.search_signal(
                text, signal="body", reader=OPERATOR, as_of=calendar.today(), limit=5
            )
            assert text in [hit.chunk.text for hit in hits]
