"""Proposals for the glossary, and more of its words: English, and what else staff say."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

# One line an entry, as in the everyday words before: general words of offices, written without a
# look at any question set. English words match as whole words, their plural too.
_WORDS = """\
paid leave　→　年次有給休暇
annual leave　→　年次有給休暇
sick leave　→　病気休暇
maternity leave　→　産前産後休暇
childcare leave　→　育児休業
parental leave　→　育児休業
nursing care leave　→　介護休暇
day off　→　休暇、週休日
overtime　→　時間外勤務
overtime pay　→　時間外勤務手当
working hour　→　勤務時間
lunch break　→　休憩時間
business trip　→　出張、旅行命令
travel expense　→　旅費
accommodation　→　宿泊費
receipt　→　領収書
invoice　→　請求書
payment　→　支払
advance payment　→　前金払、概算払
refund　→　還付、返納
bidding　→　入札
bid　→　入札
tender　→　入札
quotation　→　見積書
estimate　→　見積書
contract　→　契約
negotiated contract　→　随意契約
contractor　→　契約の相手方
subcontract　→　再委託、下請負
procurement　→　契約、調達
purchase　→　購入、物品の買入れ
lease　→　賃貸借、物件の借入れ
budget　→　予算
equipment　→　備品
supplies　→　消耗品
official seal　→　公印
approval　→　決裁、承認
retention period　→　保存期間
personal information　→　個人情報
personal data　→　個人情報
information disclosure　→　情報公開、開示請求
password　→　パスワード
security incident　→　情報セキュリティ事故
telework　→　テレワーク
remote work　→　テレワーク
work from home　→　テレワーク
official car　→　公用車
official vehicle　→　公用車
driver's license　→　運転免許
earthquake　→　地震、参集
part-time　→　会計年度任用職員
salary　→　給与
bonus　→　期末手当、勤勉手当
commuting allowance　→　通勤手当
housing allowance　→　住居手当
side job　→　兼業、営利企業への従事
harassment　→　ハラスメント
deadline　→　期限
赤ちゃんが生まれ　→　出産、育児休業
結婚　→　婚姻、特別休暇
つわり　→　妊娠
不妊治療　→　出生サポート休暇、特別休暇
ぎっくり腰　→　病気休暇
インフルエンザ　→　感染症、病気休暇
有給消化　→　年次有給休暇
お金を返　→　返納、戻入
カード払い　→　クレジットカード
通帳　→　預金口座
口座番号　→　債権者登録、口座
振込先　→　口座、債権者登録
相場　→　取引の実例価格
くじ引き　→　くじ
印紙　→　収入印紙
秘密保持　→　秘密の保持
スキャン　→　電子化
社員証　→　職員証
名札　→　職員証
残高　→　現在高
ツイッター　→　ソーシャルメディア
インスタ　→　ソーシャルメディア
SNS　→　ソーシャルメディア
添付ファイル　→　添付、電子メール
メアド　→　メールアドレス
引っ越し業者　→　転居費
送り間違　→　誤送付、誤送信
"""


def upgrade() -> None:
    """Create the proposals and add the words; what administrators added or changed stays."""
    op.create_table(
        "glossary_proposal",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("term", sa.String, nullable=False),
        sa.Column("meaning", sa.String, nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("proposed_at", sa.DateTime, nullable=False),
        sa.Column("proposed_by", sa.String, nullable=False),
        sa.Column("proposed_by_name", sa.String, nullable=False),
        sa.Column("decided_at", sa.DateTime),
        sa.Column("decided_by_name", sa.String, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("trial", sa.Text),
    )
    op.create_index("ix_glossary_proposal_state", "glossary_proposal", ["state"])
    glossary = sa.table("glossary", sa.column("term"), sa.column("meaning"))
    known = set(op.get_bind().execute(sa.select(glossary.c.term)).scalars())
    words = [line.split("　→　") for line in _WORDS.splitlines()]
    op.bulk_insert(
        glossary,
        [{"term": term, "meaning": meaning} for term, meaning in words if term not in known],
    )


def downgrade() -> None:
    """Not supported: a backup is the way back."""
    raise NotImplementedError
