from __future__ import annotations

from ingest.document import Block
from ingest.readers import read_document

TEXT = """---
title: 頭書き
---
# 休暇の手引き

年次有給休暇は
1年につき**20日**です。

## 1　手続

1. 申請する
2. 承認を受ける

- 特別休暇
  - 結婚休暇

| 事由 | 日数 |
|---|---|
| 結婚 | 連続7日 |
| 忌引 | |

```
コードの行
```

> 【注意】`様式第5号`を使います。<b>強調</b> [庁内ポータル](http://example.invalid)
"""


def _read() -> list[Block]:
    return read_document(TEXT.encode(), "休暇.md").blocks


def test_headings_have_their_levels() -> None:
    assert [(b.text, b.level) for b in _read() if b.level] == [
        ("休暇の手引き", 1),
        ("1　手続", 2),
    ]


def test_the_first_heading_is_the_title() -> None:
    assert read_document(TEXT.encode(), "休暇.md").title == "休暇の手引き"


def test_wrapped_lines_are_one_paragraph_without_marks() -> None:
    assert "年次有給休暇は1年につき20日です。" in [block.text for block in _read()]


def test_items_keep_their_marks() -> None:
    texts = [block.text for block in _read()]
    assert [text for text in texts if text.startswith(("1. ", "2. ", "・"))] == [
        "1. 申請する",
        "2. 承認を受ける",
        "・特別休暇",
        "・結婚休暇",
    ]


def test_a_table_keeps_its_cells() -> None:
    [table] = [block for block in _read() if block.is_table]
    assert table.rows == (("事由", "日数"), ("結婚", "連続7日"), ("忌引", ""))


def test_no_word_is_lost() -> None:
    joined = "\n".join(block.text for block in _read())
    for words in ("コードの行", "【注意】様式第5号を使います。", "強調", "庁内ポータル"):
        assert words in joined
    assert "頭書き" not in joined


def test_text_without_any_mark_is_read() -> None:
    document = read_document("契約書は2通作ります。".encode(), "契約.md")
    assert [block.text for block in document.blocks] == ["契約書は2通作ります。"]
    assert document.title == ""
