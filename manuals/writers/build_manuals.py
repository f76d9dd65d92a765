"""Rebuild the sample manuals from their text sources, byte for byte the same."""

from __future__ import annotations

import argparse
import logging
import sys
from pathlib import Path

from excel_manual import write_excel
from html_manual import write_html
from manual_blocks import ManualSource, SourceError
from manual_source import read_manual_source
from markdown_manual import write_markdown
from pdf_manual import write_pdf
from pdf_scan import write_pdf_scan
from pdf_two_columns import write_pdf_two_columns
from pdf_vertical import write_pdf_vertical
from reportlab.platypus.doctemplate import LayoutError
from slides_manual import write_slides
from text_manual import write_text
from word_manual import write_docx
from word_plain import write_plain_docx

MANUALS = Path(__file__).resolve().parents[1]
SOURCES = MANUALS / "sources"
DEFAULT_FONT = Path("/usr/share/fonts/opentype/ipaexfont-gothic/ipaexg.ttf")

logger = logging.getLogger("build_manuals")


def main(arguments: list[str] | None = None) -> int:
    """Build the manuals; return 0 when done and 1 when one is missing or malformed."""
    logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stderr)
    options = _parse(arguments)
    if not options.font.is_file():
        logger.error(_missing_font_message(options.font))
        return 1
    paths = sorted(options.sources.glob("*.txt"))
    unknown = sorted(set(options.only or ()) - {path.stem for path in paths})
    for name in unknown:
        logger.error("原稿がありません: %s", options.sources / f"{name}.txt")
    failed = len(unknown)
    targets: dict[Path, str] = {}
    for path in paths:
        if options.only and path.stem not in options.only:
            continue
        try:
            source = read_manual_source(path)
            target = options.output / source.front_matter["ファイル"]
            if target in targets:
                raise SourceError(f"{path.name}: ファイルが「{targets[target]}」と同じです。")
            targets[target] = path.name
            target.parent.mkdir(parents=True, exist_ok=True)
            _write(source, target, options.font)
        except SourceError as error:
            logger.error("作れません。%s", error)
            failed += 1
        except LayoutError as error:
            logger.error("作れません。%s: 1ページに入らないものがあります。%s", path.name, error)
            failed += 1
        else:
            logger.info("作成しました: %s", target)
    return 1 if failed else 0


def _parse(arguments: list[str] | None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description="見本のマニュアルを原稿から作り直します。")
    parser.add_argument(
        "--font",
        type=Path,
        default=DEFAULT_FONT,
        help=f"PDFに埋め込むTrueTypeフォント（既定は {DEFAULT_FONT}）",
    )
    parser.add_argument("--sources", type=Path, default=SOURCES, help="原稿のフォルダー")
    parser.add_argument("--output", type=Path, default=MANUALS, help="書き出すフォルダー")
    parser.add_argument(
        "--only", nargs="+", metavar="NAME", help="作る原稿の名前（.txtを除く。既定はすべて）"
    )
    return parser.parse_args(arguments)


def _write(source: ManualSource, target: Path, font: Path) -> None:
    """Write the manual to target with the writer of its format."""
    match source.front_matter["形式"]:
        case "pdf":
            write_pdf(source, target, font)
        case "pdf二段組":
            write_pdf_two_columns(source, target, font)
        case "pdf走査":
            write_pdf_scan(source, target, font)
        case "pdf縦書き":
            write_pdf_vertical(source, target, font)
        case "word":
            write_docx(source, target)
        case "word様式なし":
            write_plain_docx(source, target)
        case "excel":
            write_excel(source, target)
        case "powerpoint":
            write_slides(source, target)
        case "markdown":
            write_markdown(source, target)
        case "html":
            write_html(source, target)
        case "text":
            write_text(source, target)


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
