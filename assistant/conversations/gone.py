"""The words that stand in place of a question whose words are deleted."""

from __future__ import annotations

from typing import Final

OVER: Final = "（保存期間を過ぎたため、消しました）"
DELETED: Final = "（質問した人が消しました）"
GONE: Final = (OVER, DELETED)
