from ingest.readers.pdf.large_lines import large_headings
from ingest.readers.pdf.page_layout import Column, PrintedLine
from ingest.readers.pdf.page_text import PageText

TEXT = "検査は、給付を完了した旨の通知を受けた日から十日以内に行う。"


def page(*lines: tuple[str, float]) -> PageText:
    printed = tuple(
        PrintedLine(
            text,
            (60.0, 700.0 - 20 * place, 400.0, 700.0 - 20 * place + size),
            size,
            Column(60, 400, 10),
        )
        for place, (text, size) in enumerate(lines)
    )
    texts = [line.text for line in printed]
    return PageText("\n".join(texts), texts, [], "text", printed=printed, size=(595.0, 842.0))


def body(*heads: tuple[str, float]) -> PageText:
    return page(*heads, *[(TEXT, 10.5)] * 12)


def test_larger_lines_are_headings_by_their_size() -> None:
    pages = [body(("契約の種類", 18.0), ("随意契約", 14.0)), None]
    pages += [
        body(("契約の締結", 18.0), ("契約書の作成", 14.2)),
        body(("検査", 18.0), ("検査の時期", 14.0)),
    ]
    pages += [body(("支払のしかた", 18.0))]
    found = large_headings(pages)
    assert found[1] == [("契約の種類", 1), ("随意契約", 2)]
    assert found[3] == [("契約の締結", 1), ("契約書の作成", 2)]
    assert 2 not in found


def test_figures_sentences_and_posters_are_no_headings() -> None:
    pages = [body(("97.1%", 18.0), ("検査は十日以内に行います。", 18.0))] * 3
    pages += [page(*[("みんなで守ろう", 18.0)] * 6, *[(TEXT, 10.5)] * 12)] * 3
    assert not any(large_headings(pages).values())


def test_letters_of_one_page_alone_are_its_decoration() -> None:
    assert not any(large_headings([body(("はじめに読むこと", 18.0)), body(), body()]).values())


def test_a_document_in_one_size_has_none() -> None:
    assert large_headings([body(), body()]) == {}
    assert large_headings([None]) == {}
