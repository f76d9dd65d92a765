"""Sections of the measurements on times and memory."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from eval.report.markdown_table import cell, table


def first_evidence_section(figures: Mapping[str, Any]) -> str:
    """Return the table of times to the first quotation beside the bare vector query."""
    rows = [
        [name, *(cell(figures[name][share]) for share in ("median", "p95"))]
        for name in ("ours", "bare", "ratio")
    ]
    return (
        "## First evidence\n\n"
        f"Milliseconds until the quotations are handed over, {figures['questions']} questions at"
        f" {figures['chunks']} chunks in a warm process, beside the bare question embedding plus"
        " the bare vector query, in turn:\n\n" + table(["", "median", "p95"], rows)
    )


def pages_section(figures: Mapping[str, Any]) -> str:
    """Return the table of pages per second beside the peer, with the seconds of each stage."""
    stages = list(figures["peer"]["stages"])
    rows = [
        [name, cell(figures[name]["pages_per_second"]), str(figures[name]["chunks"])]
        + [cell(figures[name]["stages"][stage]) for stage in stages]
        for name in ("ours", "peer")
    ]
    return (
        "## Pages per second\n\n"
        f"{figures['pages']} pages of {figures['files']} PDF files from file to index, in turn in"
        f" one process; ours to the peer: {figures['ratio']}.\n\n"
        + table(["", "pages/s", "chunks", *(f"{stage} (s)" for stage in stages)], rows)
    )


def indexing_section(figures: Mapping[str, Any]) -> str:
    """Return what indexing a long manual beside it costs a search, by step of the indexing."""
    steps = figures["ratio_by_step"].items()
    rows = [
        ["idle (ms)", *(cell(figures["idle"][share]) for share in ("median", "p95"))],
        ["busy (ms)", *(cell(figures["busy"][share]) for share in ("median", "p95"))],
        *(
            [f"busy to idle{step}", *(cell(ratio[share]) for share in ("median", "p95"))]
            for step, ratio in (("", figures["ratio"]), *((f", {n}", r) for n, r in steps))
        ),
    ]
    windows = ", ".join(cell(ratio) for ratio in figures["ratio_by_window"])
    return (
        "## Searching while a manual is indexed\n\n"
        f"A manual of {figures['pages']} pages, idle and busy windows in turn; medians of the"
        f" windows, busy to idle: {windows}.\n\n" + table(["", "median", "p95"], rows)
    )


def people_section(gate: Mapping[str, float], chain: Mapping[str, float]) -> str:
    """Return what signing in and keeping records costs: the gate a request, the chain a look."""
    rows = [
        [words, cell(gate[f"{name}_median"]), cell(gate[f"{name}_p95"])]
        for words, name in (
            ("the gate alone, somebody signed in", "gate_ms"),
            ("the whole response behind it", "response_ms"),
            ("a public response, nobody looked up", "public_response_ms"),
        )
    ]
    kept = [[name, cell(value)] for name, value in chain.items()]
    return (
        "## The gate and the audit trail\n\n"
        f"Milliseconds over {gate['requests']:g} requests to a real server with"
        f" {gate['sessions']:g} sessions:\n\n"
        + table(["", "median", "p95"], rows)
        + "\n\nThe audit trail (seconds, but for the number of events and the megabytes):\n\n"
        + table(["", "figure"], kept)
    )


def open_sessions_section(found: Mapping[str, Any]) -> str:
    """Return what people with the page open met, and what their server's memory did."""
    rows = [
        [words, *(cell(found[f"{name}_seconds"][share]) for share in ("p50", "p95"))]
        for words, name in (
            ("page ready", "page_ready"),
            ("first quotation after Enter", "evidence"),
            ("first verified sentence", "verified_sentence"),
            ("whole answer", "whole_answer"),
        )
    ]
    outcomes = ", ".join(f"{number} {name}" for name, number in found["outcomes"].items())
    errors = "; ".join(f"{number} × {words}" for words, number in found["errors"].items())
    interval = found["memory_slope_interval"]
    passed = ", ".join(
        f"{name}: {'not measured' if good is None else 'pass' if good else 'FAIL'}"
        for name, good in found["passed"].items()
    )
    return (
        "## Open sessions\n\n"
        f"{found['sessions']} signed-in people with the page open for {found['minutes']:g} minutes,"
        f" one question a minute each, {found['chunks']} chunks, mode {found['mode']};"
        f" {found['questions']} questions ({outcomes}); errors: {errors or 'none'}. Seconds:\n\n"
        + table(["", "p50", "p95"], rows)
        + "\n\nMegabytes of the server each half minute: "
        + ", ".join(f"{taken:.0f}" for taken in found["memory_megabytes"])
        + f"; slope of the second half {cell(found['memory_slope_megabytes_a_minute'])}"
        + (f" (95 %: {interval[0]:g} to {interval[1]:g})" if interval else "")
        + f" MB a minute.\n\n{passed}."
    )
