"""Whether a text states a key fact of a case, in whatever notation."""

from __future__ import annotations

import re
import unicodedata

from eval.figures.figure_reading import read_figures


def states_fact(text: str, fact: str) -> bool:
    """Tell whether text states a key fact: as written (digits normalised), or as equal figures."""
    wanted = _plain(fact)
    boundary = r"(?<![0-9.])" if wanted[:1].isdigit() else ""
    if re.search(boundary + re.escape(wanted), _plain(text)):
        return True
    figures = read_figures(fact)
    rest = _plain(fact)
    for figure in figures:
        rest = rest.replace(_plain(figure.text), "")
    stated = {reading for figure in read_figures(text) for reading in figure.readings}
    return bool(figures) and not rest and all(figure.readings & stated for figure in figures)


def _plain(text: str) -> str:
    return re.sub(r"[\s,]", "", unicodedata.normalize("NFKC", text)).lower()
