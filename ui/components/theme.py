"""The one palette of every page, light and dark: as custom properties and for Streamlit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

# Names of fonts that are on the reader's machine; nothing is fetched.
FONT: Final = (
    "'Hiragino Sans', 'Hiragino Kaku Gothic ProN', 'BIZ UDPGothic', 'Yu Gothic UI', Meiryo, "
    "'Noto Sans JP', 'Noto Sans CJK JP', sans-serif"
)


@dataclass(frozen=True)
class Colour:
    """One role of a colour on a light and on a dark page."""

    light: str
    dark: str


PALETTE: Final = {
    "page": Colour("#ffffff", "#15191e"),
    "surface": Colour("#f3f6f9", "#20262d"),
    "text": Colour("#1f2328", "#e9ecef"),
    "quiet": Colour("#47505a", "#b4bec8"),  # small print: places, notes
    "accent": Colour("#0b5394", "#8fc1f2"),  # links and markers
    "action": Colour("#0b5394", "#2a74b8"),  # under the words of a button
    "on-action": Colour("#ffffff", "#ffffff"),
    "edge": Colour("#78828c", "#7d8893"),  # what bounds a field or a button
    "line": Colour("#c5ccd3", "#434c56"),  # what only divides
    "focus": Colour("#a85400", "#ffb84d"),
    "good": Colour("#14532d", "#a5dbb4"),
    "good-surface": Colour("#edf7ef", "#18301f"),
    "bad": Colour("#8f1d1d", "#ffb3ad"),
    "bad-surface": Colour("#fdf0f0", "#3b1d1d"),
    "caution": Colour("#4d3800", "#f5d88a"),
    "caution-surface": Colour("#fff8e6", "#332a12"),
    "caution-edge": Colour("#8a6100", "#b8923a"),
    "mark": Colour("#ffeb3b", "#6b5d00"),
    "on-mark": Colour("#1f2328", "#ffffff"),
}

# What is read against what, and how strong its contrast must be: WCAG 2.2, 1.4.3 and 1.4.11.
TEXT_CONTRAST: Final = 4.5
EDGE_CONTRAST: Final = 3.0
PAIRS: Final = (
    *((ink, ground, TEXT_CONTRAST) for ink in ("text", "quiet", "accent")
      for ground in ("page", "surface")),
    ("on-action", "action", TEXT_CONTRAST),
    ("on-mark", "mark", TEXT_CONTRAST),
    *((kind, f"{kind}-surface", TEXT_CONTRAST) for kind in ("good", "bad", "caution")),
    *((edge, ground, EDGE_CONTRAST) for edge in ("edge", "action", "focus")
      for ground in ("page", "surface")),
    ("caution-edge", "page", EDGE_CONTRAST),
    ("caution-edge", "caution-surface", EDGE_CONTRAST),
)  # fmt: skip

# A chart is drawn with colours that do not change with the page: 3 : 1 and more on both.
CHART_BLUE: Final = "#3b82c4"
CHART_GREEN: Final = "#2e8b57"
CHART_AMBER: Final = "#a97b00"
CHART_VIOLET: Final = "#a05cc8"
CHART_GREY: Final = "#7a828b"
CHART_COLOURS: Final = (CHART_BLUE, CHART_GREEN, CHART_AMBER, CHART_VIOLET, CHART_GREY)


def custom_properties() -> str:
    """Return the palette as custom properties, which follow the color-scheme of what wears them.

    Streamlit sets the color-scheme of the page it draws, by the system's setting or its own
    switch; a page without Streamlit has that of `:root`.
    """
    lines = (
        f"--chonai-{name}: light-dark({colour.light}, {colour.dark});"
        for name, colour in PALETTE.items()
    )
    return ":root { color-scheme: light dark; " + " ".join(lines) + " }"


def streamlit_theme() -> dict[str, Any]:
    """Return the options by which Streamlit's own parts wear the same palette."""
    shared = {
        "theme.font": FONT,
        "theme.headingFont": FONT,
        "theme.headingFontSizes": ["1.75rem", "1.35rem", "1.15rem", "1rem", "1rem", "1rem"],
        "theme.paddingTop": "0.5rem",
        "theme.showWidgetBorder": True,
        "theme.linkUnderline": True,
        "theme.chartCategoricalColors": list(CHART_COLOURS),
    }
    return {**shared, **_of_scheme("light"), **_of_scheme("dark")}


def _of_scheme(scheme: str) -> dict[str, Any]:
    roles = {
        "primaryColor": "action",
        "backgroundColor": "page",
        "secondaryBackgroundColor": "surface",
        "textColor": "text",
        "linkColor": "accent",
        "borderColor": "edge",
        "codeTextColor": "text",
        "codeBackgroundColor": "surface",
        "dataframeBorderColor": "line",
        "dataframeHeaderBackgroundColor": "surface",
        "dataframeHeaderTextColor": "text",
        "greenTextColor": "good",
        "greenBackgroundColor": "good-surface",
        "redTextColor": "bad",
        "redBackgroundColor": "bad-surface",
        "yellowTextColor": "caution",
        "yellowBackgroundColor": "caution-surface",
        "orangeTextColor": "caution",
        "orangeBackgroundColor": "caution-surface",
        "blueTextColor": "text",
        "blueBackgroundColor": "surface",
    }
    return {
        f"theme.{scheme}.{option}": getattr(PALETTE[role], scheme) for option, role in roles.items()
    }
