from __future__ import annotations

from collections import Counter
from datetime import date

import pytest
from sqlalchemy import select

from assistant import tables
from assistant.domain import Reader, ReferredChunk
from assistant.library.references import references_of, resolved
from assistant.opening import Assistant
from assistant.people.access import OPERATOR

NOW = date(2026, 10, 1)
TELEWORK = date(2027, 4, 1)  # from when テレワーク実施要領 is in force
CONTRACTS = "契約事務の手引き"
ACCOUNTS = "会計事務の手引き"
TRAVEL = "旅費事務の手引き"
GENERAL = "庶務事務の手引き"
SECURITY = "情報セキュリティ実施手順"
# Read by hand in manuals/sources: file, words around the reference, the reference, and where it
# leads: the manual and a heading on the way to the place.
PLANTED = [
    ("会計事務の手引き.pdf", "工事の前払金は契約事務の手引き第5章第2節に", "契約事務の手引き第5章第2節", CONTRACTS, "第2節 支払"),
    ("会計事務の手引き.pdf", "決裁は契約事務の手引き別表第2の区分", "契約事務の手引き別表第2", CONTRACTS, "別表第2 契約の決裁区分"),
    ("会計事務の手引き.pdf", "省略（契約事務の手引き表10）", "契約事務の手引き表10", CONTRACTS, "1 作成と省略"),
    ("会計事務の手引き.pdf", "支払の後なら科目更正（第8章第3節）", "第8章第3節", ACCOUNTS, "第3節 科目更正"),
    ("会計事務の手引き.pdf", "歳入からの戻出（第8章第2節）", "第8章第2節", ACCOUNTS, "第2節 過誤納の還付"),
    ("会計事務の手引き.pdf", "検査調書（契約様式第20号）", "契約様式第20号", CONTRACTS, "参考 契約様式の一覧"),
    ("会計事務の手引き.pdf", "現金事故報告書（会計様式第10号）", "会計様式第10号", ACCOUNTS, "1 様式の一覧"),
    ("会計事務の手引き.pdf", "立替払請求書（会計様式第6号）", "会計様式第6号", ACCOUNTS, "会計様式第6号 立替払請求書"),
    ("旅費事務の手引き.pdf", "超えるときは、第4章第1節2の協議", "第4章第1節2", TRAVEL, "第1節 宿泊費"),
    ("旅費事務の手引き.pdf", "庶務事務の手引き第5章は、", "庶務事務の手引き第5章", GENERAL, "第5章 出張と旅費"),
    ("旅費事務の手引き.pdf", "出発した旅行は、附則と別表の新旧対照", "附則", TRAVEL, "附則"),
    ("契約事務の手引き.pdf", "変更契約は第4章第3節（2）によ", "第4章第3節（2）", CONTRACTS, "第3節 変更契約と解除"),
    ("契約事務の手引き.pdf", "別表第2による契約締結の決裁権者", "別表第2", CONTRACTS, "別表第2 契約の決裁区分"),
    ("テレワーク実施要領.docx", "次条に規定する場所", "次条", "テレワーク実施要領", "第3条（実施の場所）"),
    ("テレワーク実施要領.docx", "ただし、第5条第3項による場合は", "第5条第3項", "テレワーク実施要領", "第5条（日数の上限）"),
    ("テレワーク実施要領.docx", "第14条第1項又は第15条に違反", "第15条", "テレワーク実施要領", "第15条（文書及び情報）"),
    ("テレワーク実施要領.docx", "情報セキュリティ実施手順第4章により", "情報セキュリティ実施手順第4章", SECURITY, "第4章"),
    ("テレワーク実施要領.docx", "別表の特例の欄に該当", "別表", "テレワーク実施要領", "別表"),
    ("テレワーク実施要領.docx", "端末持出し申請書（情報様式第4号）", "情報様式第4号", SECURITY, "第1節 一覧"),
    ("テレワーク実施要領.docx", "執務環境確認票（テレワーク様式第2号）", "テレワーク様式第2号", "テレワーク実施要領", "テレワーク様式第2号 執務環境確認票"),
    ("勤務条件一覧.xlsx", "職員服務規程第14条による", "職員服務規程第14条", "青葉野市職員服務規程（抄）", "第十四条"),
    ("勤務条件一覧.xlsx", "庶務事務の手引き第2章による", "庶務事務の手引き第2章", GENERAL, "第2章 休暇"),
    ("会計年度任用職員任用の手引き.docx", "（旅費事務の手引き第5章第4節）", "旅費事務の手引き第5章第4節", TRAVEL, "第4節 会計年度任用職員と委員等"),
    ("会計年度任用職員任用の手引き.docx", "庶務事務の手引き第6章にまとめて", "庶務事務の手引き第6章", GENERAL, "第6章"),
    ("生成AI利活用ガイドライン.docx", "申請は同第8章によります", "同第8章", SECURITY, "第8章"),
    ("生成AI利活用ガイドライン.docx", "分類は実施手順の表2", "実施手順の表2", SECURITY, "1 分類"),
    ("生成AI利活用ガイドライン.docx", "個人情報の取扱いの手引き第9章も", "個人情報の取扱いの手引き第9章", "個人情報の取扱いの手引き", "第9章 漏えい等のとき"),
    ("生成AI利活用ガイドライン.docx", "同章による。その前に", "同章", SECURITY, "第8章"),
    ("個人情報の取扱いの手引き.html", "第3章の2（2）による", "第3章の2（2）", "個人情報の取扱いの手引き", "第3章 目的外利用と外部への提供"),
    ("文書事務の手引き.docx", "契約事務の手引きの別表第2にも", "契約事務の手引きの別表第2", CONTRACTS, "別表第2 契約の決裁区分"),
    ("文書事務の手引き.docx", "物品・備品管理の手引き第11章", "物品・備品管理の手引き第11章", "物品・備品管理の手引き", "第11章 鍵、金券、切手"),
    ("文書事務の手引き.docx", "第2節1による", "第2節1", "文書事務の手引き", "第2節"),
    ("災害時職員参集マニュアル.pptx", "手当は、庶務事務の手引き第4章による", "庶務事務の手引き第4章", GENERAL, "第4章 手当と給与"),
    ("情報セキュリティ実施手順.pdf", "契約事務の手引き第3章第2節のとおり", "契約事務の手引き第3章第2節", CONTRACTS, "第2節 見積合せ"),
    ("AIが読みやすいマニュアルの書き方.docx", "承認する者が分からない（決まり5）", "決まり5", "AIが読みやすいマニュアルの書き方", "決まり5"),
]  # fmt: skip
# Laws outside the library and papers that are not there: file, words around, the words.
NOWHERE = [
    ("契約事務の手引き.pdf", "自治法第234条第1項は、売買", "自治法第234条第1項"),
    ("契約事務の手引き.pdf", "本市の額は、施行令別表第五の額の範囲内", "施行令別表第五"),
    ("会計事務の手引き.pdf", "支払遅延防止等に関する法律第5条、第14条", "第14条"),
    ("個人情報の取扱いの手引き.html", "原則としてできません（法第69条第1項）", "法第69条第1項"),
    ("会計年度任用職員任用の手引き.docx", "守秘義務（第34条）", "第34条"),
    ("職員服務規程.pdf", "同様とする（法第三十四条第一項）", "法第三十四条第一項"),
    ("職員服務規程.pdf", "別に定めるところにより参集", "第十五条"),
    ("人事異動事務メモ.docx", "地方公務員法第29条第1項の戒告", "地方公務員法第29条第1項"),
    ("窓口業務引継メモ.docx", "別紙2のとおり", "別紙2"),
]


def _referred(
    assistant: Assistant, file: str, around: str, reader: Reader = OPERATOR
) -> tuple[ReferredChunk, ...]:
    """Return what the chunk of a file that holds these words refers to."""
    as_of = TELEWORK if file.startswith("テレワーク") else NOW
    sources = assistant.library.sources(reader=reader, as_of=as_of)
    [version] = [key for key, source in sources.items() if source.file == file]
    table = tables.chunk.c
    query = select(table.id).where(table.version_id == version, table.text.contains(around))
    with assistant.database.read() as connection:
        key = str(connection.execute(query.order_by(table.ordinal)).scalars().first())
    assert key != "None", f"{file} does not say {around}"
    return assistant.library.referenced([key], reader=reader, as_of=as_of)[key]


@pytest.mark.parametrize(("file", "around", "words", "manual", "heading"), PLANTED)
def test_a_reference_of_the_samples_leads_to_its_section(
    library_assistant: Assistant, file: str, around: str, words: str, manual: str, heading: str
) -> None:
    found = _referred(library_assistant, file, around)
    assert any(
        to.text == words
        and to.source.manual == manual
        and any(step.startswith(heading) for step in to.chunk.heading_path)
        for to in found
    ), [(to.text, to.source.manual, to.chunk.heading_path) for to in found]


@pytest.mark.parametrize(("file", "around", "words"), NOWHERE)
def test_a_law_or_a_paper_outside_the_library_leads_nowhere(
    library_assistant: Assistant, file: str, around: str, words: str
) -> None:
    assert words not in {to.text for to in _referred(library_assistant, file, around)}


def test_nobody_is_led_to_a_manual_of_another_section(library_assistant: Assistant) -> None:
    outsider = Reader("p", section="市民課")
    sources = library_assistant.library.sources(reader=outsider, as_of=NOW)
    with library_assistant.database.read() as connection:
        keys = list(connection.execute(select(tables.chunk.c.id)).scalars())
    found = library_assistant.library.referenced(keys, reader=outsider, as_of=NOW)
    versions = {to.source.version_id for referred in found.values() for to in referred}
    assert len(versions) > 10
    assert versions <= set(sources)


def test_most_references_inside_the_library_are_resolved(
    library_assistant: Assistant, tell_run: list[str]
) -> None:
    sources = library_assistant.library.sources(reader=OPERATOR, as_of=NOW)
    with library_assistant.database.read() as connection:
        keys = list(connection.execute(select(tables.chunk.c.id)).scalars())
    references = references_of(library_assistant.database, keys, sources)
    found = resolved(library_assistant.database, references, sources)
    kinds = {r: r.place.rpartition("/")[2].partition(":")[0] for r in references}
    titles = {source.manual for source in sources.values()}
    inside = [r for r in references if r.target is None or r.target in titles]
    counts = Counter(kinds[r] for r in inside)
    hits = Counter(kinds[r] for r in inside if r in found)
    tell_run.append(f"参照 {len(references)} 件、うち庁内のマニュアルへ {len(inside)} 件")
    tell_run += [f"{kind}: {hits[kind]}/{count}" for kind, count in counts.most_common()]
    assert sum(hits.values()) > 0.75 * len(inside)
    assert hits["section"] > 0.9 * counts["section"]
    assert hits["chapter"] > 0.9 * counts["chapter"]
