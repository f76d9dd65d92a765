"""Rebuild the sample PDF and Word manuals from their text sources, byte for byte the same."""

from __future__ import annotations

import argparse
import logging
import sys
from pathlib import Path

from manual_source import SourceError, read_manual_source
from pdf_manual import write_pdf
from word_manual import write_docx

SOURCES = Path(__file__).resolve().parent
MANUALS = SOURCES.parent
DEFAULT_FONT = Path("/usr/share/fonts/opentype/ipaexfont-gothic/ipaexg.ttf")
PDF_TITLE = "契約事務の手引き"
WORD_TITLE = "庶務事務の手引き"

logger = logging.getLogger("build_manuals")


def main(arguments: list[str] | None = None) -> int:
    """Build both manuals; return 0 when done and 1 when something is missing or malformed."""
    logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stderr)
    options = _parse(arguments)
    if not options.font.is_file():
        logger.error(_missing_font_message(options.font))
        return 1
    options.output.mkdir(parents=True, exist_ok=True)
    try:
        _build(output=options.output, font=options.font)
    except SourceError as error:
        logger.error("原稿を読めません。%s", error)
        return 1
    return 0


def _parse(arguments: list[str] | None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description="見本のマニュアル（PDFとWord）を作り直します。")
    parser.add_argument(
        "--font",
        type=Path,
        default=DEFAULT_FONT,
        help=f"PDFに埋め込むTrueTypeフォント（既定は {DEFAULT_FONT}）",
    )
    parser.add_argument("--output", type=Path, default=MANUALS, help="書き出すフォルダー")
    return parser.parse_args(arguments)


def _build(*, output: Path, font: Path) -> None:
    """Write the PDF and the Word file into output."""
    pdf = output / f"{PDF_TITLE}.pdf"
    write_pdf(read_manual_source(SOURCES / f"{PDF_TITLE}.txt"), pdf, font)
    logger.info("作成しました: %s", pdf)
    word = output / f"{WORD_TITLE}.docx"
    write_docx(read_manual_source(SOURCES / f"{WORD_TITLE}.txt"), word)
    logger.info("作成しました: %s", word)


def _missing_font_message(font: Path) -> str:
    """Say which font is missing and how to get it."""
    return (
        f"フォントが見つかりません: {font}\n"
        "Debian・Ubuntuでは「sudo apt-get install fonts-ipaexfont-gothic」で入ります。"
        "別の場所にあるときは「--font 場所」でIPAexゴシックなどの"
        "TrueTypeフォントを指定してください。"
    )


if __name__ == "__main__":
    sys.exit(main())
