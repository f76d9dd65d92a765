"""All settings in one frozen object; the only reader of the environment."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from assistant.errors import SettingsError

PREFIX = "ASSISTANT_"


class Settings(BaseSettings):
    """Settings of one installation, each read from the variable ASSISTANT_<NAME>.

    The descriptions are printed in the README's table (a test compares them).
    """

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, frozen=True, extra="forbid", env_ignore_empty=True
    )

    data_dir: Path = Field(
        Path("var"), description="データを置くフォルダ。バックアップはこのフォルダ一つで足りる。"
    )
    models_dir: Path | None = Field(
        None, description="モデルを置くフォルダ。空なら data_dir の models。"
    )
    database_url: str = Field(
        "", description="空なら data_dir の SQLite。PostgreSQL はまだ使えない。"
    )
    chroma_url: str = Field(
        "", description="空なら内蔵の Chroma。http://host:port で Chroma サーバー。"
    )
    mode: Literal["auto", "endpoint", "local", "extractive"] = Field(
        "auto", description="回答の作り方。auto / endpoint / local / extractive。"
    )
    endpoint_url: str = Field(
        "", description="OpenAI 互換の接続先（例 http://10.0.0.5:8000/v1）。空なら使わない。"
    )
    endpoint_model: str = Field("", description="接続先でのモデル名。")
    endpoint_provider: Literal["openai", "azure_openai"] = Field(
        "openai", description="openai（vLLM・Ollama などの互換サーバーを含む）/ azure_openai。"
    )
    endpoint_api_key: SecretStr = Field(
        SecretStr(""), description="接続先の鍵。要らない接続先では空。"
    )
    endpoint_api_version: str = Field("", description="Azure OpenAI の API バージョン。")
    model_wait_seconds: float = Field(
        30.0, gt=0, le=600, description="モデルの次の文字を待つ秒数。過ぎれば引用で答える。"
    )
    model_total_seconds: float = Field(
        180.0, gt=0, le=3600, description="一つの回答にモデルが使える秒数の上限。"
    )
    judge_url: str = Field(
        "",
        description="評価の回答を判定する審査モデルの OpenAI 互換の接続先。空なら使わない。"
        "回答を書くモデルとは別のモデルにする。",
    )
    judge_model: str = Field("", description="審査モデルのモデル名。")
    judge_api_key: SecretStr = Field(
        SecretStr(""), description="審査モデルの接続先の鍵。要らない接続先では空。"
    )
    local_model: str = Field(
        "", description="GGUF ファイルの場所。空なら準備時に組み立てた既定のモデル。"
    )
    local_threads: int = Field(
        0, ge=0, le=256, description="ローカルモデルのスレッド数。0 なら物理コア数に合わせる。"
    )
    local_context_tokens: int = Field(
        4096, ge=1024, le=131072, description="ローカルモデルの文脈長（トークン）。"
    )
    embedding_model: str = Field(
        "",
        description="sentence-transformers のモデル名またはフォルダ。空なら同梱の"
        " multilingual-e5-small。",
    )
    embedding_query_prompt: str = Field(
        "query: ", description="質問と見出しの前に付ける語（モデルの説明に従う）。"
    )
    embedding_document_prompt: str = Field(
        "passage: ", description="本文の前に付ける語（モデルの説明に従う）。"
    )
    embedding_engine: Literal["auto", "fp32", "bf16", "int8"] = Field(
        "auto",
        description="埋め込みの計算方法。auto（準備時に測って選ぶ）/ fp32 / bf16 / int8。"
        "int8 は同梱のモデルだけ。",
    )
    reranker: str = Field(
        "",
        description="検索結果を並べ替える CrossEncoder（sentence-transformers）のモデル名または"
        "フォルダ。空なら並べ替えない。",
    )
    reranker_seconds: float = Field(
        2.0, gt=0, le=60, description="並べ替えを待つ秒数。過ぎれば元の順のまま、5分休む。"
    )
    question_max_characters: int = Field(
        1000, ge=10, le=20000, description="質問の長さの上限（文字）。"
    )
    file_max_megabytes: int = Field(
        200, ge=1, le=4096, description="取り込むファイルの大きさの上限（MB）。"
    )
    reading_seconds: float = Field(
        900,
        gt=0,
        le=7200,
        description="1ファイルの読み込みにかけてよい秒数。スキャンした紙は1ページ約3秒。",
    )
    reading_megabytes: int = Field(
        2000, ge=100, le=65536, description="1ファイルの読み込みに使ってよいメモリー（MB）。"
    )
    sign_on: str = Field(
        "local",
        description="サインオンの方法（コンマ区切り）。local（職員番号とパスワード）/ ldap /"
        " oidc / proxy。",
    )
    session_days: float = Field(30, gt=0, le=400, description="自分の端末でサインインが続く日数。")
    session_hours: float = Field(
        12, gt=0, le=720, description="それ以外の端末でサインインが続く時間数。"
    )
    management_idle_minutes: float = Field(
        15, gt=0, le=1440, description="管理の画面を使わずにいてよい分数。過ぎると確認を求める。"
    )
    shared_idle_minutes: float = Field(
        3, ge=1, le=60, description="共用端末で操作しないと、自動でサインアウトするまでの分数。"
    )
    public_url: str = Field(
        "",
        description="職員が開くアドレス（例 https://assistant.city.lg.jp）。TLS やプロキシの"
        "後ろで使うときに指定する。",
    )
    oidc_issuer: str = Field("", description="OIDC の発行者（issuer）の URL。")
    oidc_client_id: str = Field("", description="OIDC のクライアント ID。")
    oidc_client_secret: SecretStr = Field(
        SecretStr(""), description="OIDC のクライアントシークレット。"
    )
    oidc_number_claim: str = Field(
        "preferred_username", description="職員番号が入っているクレーム。"
    )
    oidc_section_claim: str = Field(
        "", description="所属課が入っているクレーム。空なら職員名簿に従う。"
    )
    oidc_roles_claim: str = Field(
        "roles", description="役割を決めるクレーム（Entra ID は roles、Keycloak は groups など）。"
    )
    oidc_role_map: str = Field(
        "",
        description="クレームの値と役割の対応（例 chonai-admin=administrator;"
        "soumu-editor=editor:総務課）。",
    )
    ldap_url: str = Field("", description="LDAP の URL。ldaps:// か、StartTLS を使う ldap://。")
    ldap_ca_file: str = Field(
        "", description="LDAP サーバーの証明書を確かめる CA のファイル。空ならシステムの CA。"
    )
    ldap_bind_dn: str = Field("", description="職員を探すための DN。空なら匿名で探す。")
    ldap_bind_password: SecretStr = Field(SecretStr(""), description="その DN のパスワード。")
    ldap_base: str = Field("", description="職員を探す起点の DN。")
    ldap_number_attribute: str = Field(
        "sAMAccountName", description="職員番号の属性（Active Directory は sAMAccountName など）。"
    )
    ldap_section_attribute: str = Field(
        "", description="所属課の属性（department など）。空なら職員名簿に従う。"
    )
    ldap_role_map: str = Field(
        "",
        description="グループの DN と役割の対応（例 cn=chonai-admin,ou=groups,dc=city="
        "administrator;…）。",
    )
    proxy_secret: SecretStr = Field(
        SecretStr(""),
        description="認証プロキシが X-Chonai-Proxy-Secret で送る合言葉（32文字以上）。",
    )
    proxy_user_header: str = Field(
        "x-remote-user", description="認証プロキシが職員番号を入れるヘッダー。"
    )
    sign_on_creates: bool = Field(
        True,
        description="OIDC・LDAP・プロキシで初めて来た職員を、利用者に自動で加える。",
    )
    survey_rate: float = Field(
        0.1,
        ge=0,
        le=1,
        description="減った時間を尋ねる回答の割合（無作為）。同じ人には30日に1回まで。0 なら"
        "尋ねない。",
    )
    question_days: int = Field(
        0,
        ge=0,
        le=36500,
        description="質問と回答の文を残す日数。過ぎたものは毎日消す（利用者数は変わらない）。"
        "0 なら消さない。",
    )
    quality_gate: Literal["warn", "block", "off"] = Field(
        "warn",
        description="公開の前に質問集で確かめ、悪くなる質問があるとき。warn（公開して警告を残す）/"
        " block（理由を付けるまで公開しない）/ off（確かめない）。",
    )
    audit_years: int = Field(
        5, ge=1, le=100, description="監査記録を残す年数。過ぎた月を丸ごと削除する。"
    )
    host: str = Field("127.0.0.1", description="画面を開くアドレス。")
    port: int = Field(8501, ge=1, le=65535, description="画面のポート。")
    allowed_hosts: str = Field(
        "",
        description="画面を開いてよいホスト名（コンマ区切り）。空なら 127.0.0.1 と localhost"
        " と host。",
    )

    @property
    def sign_on_methods(self) -> tuple[str, ...]:
        """The ways of signing in that are on, in the order they were named."""
        return tuple(dict.fromkeys(m.strip() for m in self.sign_on.split(",") if m.strip()))

    @property
    def models_folder(self) -> Path:
        """The folder that holds prepared models."""
        return self.models_dir or self.data_dir / "models"


def read_settings(environment: Mapping[str, str] | None = None) -> Settings:
    """Read the settings; unknown ASSISTANT_ names and bad values raise SettingsError."""
    names = os.environ if environment is None else environment
    known = {PREFIX + name.upper() for name in Settings.model_fields}
    unknown = sorted(n for n in names if n.upper().startswith(PREFIX) and n.upper() not in known)
    if unknown:
        raise SettingsError(
            f"知らない設定です: {'、'.join(unknown)}。綴りを README の設定表で確かめてください。"
        )
    try:
        if environment is None:
            settings = Settings()
        else:
            given: dict[str, Any] = {
                n[len(PREFIX) :].lower(): v for n, v in environment.items() if n in known and v
            }
            # Another prefix, so that the process's own environment is not read beside it.
            settings = Settings(_env_prefix="\0", **given)
    except ValidationError as error:
        places = "、".join(PREFIX + str(problem["loc"][0]).upper() for problem in error.errors())
        raise SettingsError(
            f"設定の値が正しくありません: {places}。README の設定表の範囲に直してください。"
        ) from error
    _refuse_what_cannot_run(settings)
    return settings


def _refuse_what_cannot_run(settings: Settings) -> None:
    if settings.database_url and not settings.database_url.startswith("sqlite"):
        raise SettingsError(
            "ASSISTANT_DATABASE_URL: PostgreSQL などの外部データベースにはまだ対応していません。"
            "この設定を空にしてください（データは ASSISTANT_DATA_DIR の SQLite に置かれます）。"
        )
    if settings.mode == "endpoint" and not settings.endpoint_url:
        raise SettingsError(
            "ASSISTANT_MODE=endpoint ですが接続先がありません。"
            "ASSISTANT_ENDPOINT_URL と ASSISTANT_ENDPOINT_MODEL を設定してください。"
        )
    _refuse_unusable_sign_on(settings)
    if settings.endpoint_url and not settings.endpoint_model:
        raise SettingsError(
            "ASSISTANT_ENDPOINT_URL にはモデル名も必要です。"
            "ASSISTANT_ENDPOINT_MODEL を設定してください。"
        )
    if bool(settings.judge_url) != bool(settings.judge_model):
        raise SettingsError(
            "審査モデルには ASSISTANT_JUDGE_URL と ASSISTANT_JUDGE_MODEL の両方が必要です。"
            "両方を設定するか、両方を空にしてください。"
        )
    if settings.judge_url and not settings.judge_url.startswith(("https://", "http://")):
        raise SettingsError(
            "ASSISTANT_JUDGE_URL は https:// か http:// で始めてください"
            "（例 http://10.0.0.6:8000/v1）。"
        )


_SIGN_ON_NEEDS = {
    "local": (),
    "ldap": ("ldap_url", "ldap_base"),
    "oidc": ("oidc_issuer", "oidc_client_id"),
    "proxy": ("proxy_secret",),
}
_SHORTEST_SECRET = 32


def _refuse_unusable_sign_on(settings: Settings) -> None:
    methods = settings.sign_on_methods
    unknown = [method for method in methods if method not in _SIGN_ON_NEEDS]
    if unknown or not methods:
        raise SettingsError(
            f"ASSISTANT_SIGN_ON の値が正しくありません: {'、'.join(unknown) or '（空）'}。"
            f"{'・'.join(_SIGN_ON_NEEDS)} から選び、コンマで区切ってください。"
        )
    for method in methods:
        values = {name: getattr(settings, name) for name in _SIGN_ON_NEEDS[method]}
        missing = [
            PREFIX + name.upper()
            for name, value in values.items()
            if not (value.get_secret_value() if isinstance(value, SecretStr) else value)
        ]
        if missing:
            raise SettingsError(
                f"ASSISTANT_SIGN_ON の {method} には次の設定も必要です: {'、'.join(missing)}。"
            )
    if "proxy" in methods and len(settings.proxy_secret.get_secret_value()) < _SHORTEST_SECRET:
        raise SettingsError(f"ASSISTANT_PROXY_SECRET は{_SHORTEST_SECRET}文字以上にしてください。")
    if settings.ldap_url and not settings.ldap_url.startswith(("ldaps://", "ldap://")):
        raise SettingsError("ASSISTANT_LDAP_URL は ldaps:// か ldap:// で始めてください。")
    if settings.public_url and not settings.public_url.startswith(("https://", "http://")):
        raise SettingsError("ASSISTANT_PUBLIC_URL は https:// か http:// で始めてください。")
