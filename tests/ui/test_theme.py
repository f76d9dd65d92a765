"""The palette is strong enough to be read, the only one there is, and known to Streamlit."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from streamlit import config

from ui.components.style import STYLE_SHEET
from ui.components.theme import CHART_COLOURS, EDGE_CONTRAST, PAIRS, PALETTE, streamlit_theme

UI = Path(__file__).parents[2] / "ui"
SCHEMES = ("light", "dark")
_PROPERTY = re.compile(r"--chonai-([a-z-]+): light-dark\((#\w{6}), (#\w{6})\);")


def luminance(colour: str) -> float:
    """Return the relative luminance of #rrggbb (WCAG 2.2)."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours, from 1 to 21 (WCAG 2.2)."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_the_measure_of_contrast_knows_its_ends() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize("scheme", SCHEMES)
def test_every_pair_of_the_custom_properties_is_strong_enough(scheme: str) -> None:
    written = {name: colours for name, *colours in _PROPERTY.findall(STYLE_SHEET)}
    assert written.keys() == PALETTE.keys()
    place = SCHEMES.index(scheme)
    weak = {
        (ink, ground): round(contrast(written[ink][place], written[ground][place]), 2)
        for ink, ground, least in PAIRS
        if contrast(written[ink][place], written[ground][place]) < least
    }
    assert weak == {}


@pytest.mark.parametrize("scheme", SCHEMES)
def test_a_chart_is_seen_on_a_light_and_on_a_dark_page(scheme: str) -> None:
    page = getattr(PALETTE["page"], scheme)
    assert all(contrast(colour, page) >= EDGE_CONTRAST for colour in CHART_COLOURS)


def test_no_colour_stands_outside_the_palette() -> None:
    literal = re.compile(r"#[0-9a-fA-F]{6}\b|#[0-9a-fA-F]{3}\b(?=[;\s\"'])")
    found = [
        f"{path.relative_to(UI)}: {match}"
        for path in UI.rglob("*.py")
        if path.name != "theme.py"
        for match in literal.findall(path.read_text("utf-8"))
    ]
    assert found == []


def test_every_custom_property_that_is_worn_is_in_the_palette() -> None:
    worn = {
        name
        for path in UI.rglob("*.py")
        for name in re.findall(r"var\(--chonai-([a-z-]+)\)", path.read_text("utf-8"))
    }
    assert worn <= PALETTE.keys()


def test_streamlit_knows_every_option_of_the_theme() -> None:
    known = config.get_config_options()
    assert [name for name in streamlit_theme() if name not in known] == []


def test_the_style_sheet_asks_nothing_of_another_host() -> None:
    assert not re.search(r"url\(|@import|https?:", STYLE_SHEET)
