"""Which encoding a text file is in: UTF-8 unless its bytes say otherwise."""

from __future__ import annotations

import codecs
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Encoding:
    name: str
    errors: Literal["strict", "surrogateescape"] = "strict"
    notice: str = ""  # what the owner should know, "" where all is well


def detect_encoding(path: Path) -> Encoding:
    """UTF-8 with or without a mark, UTF-16 with one, else Windows-1252, else Latin-1 (which fits any bytes).

    A file that is UTF-8 but for a few bytes stays UTF-8: those bytes are decoded to lone surrogates, so that
    only the rows that hold them are refused. Raises OSError where the file cannot be read.
    """
    decoder = codecs.getincrementaldecoder("utf-8")(errors="surrogateescape")
    wide = wrong = 0
    with path.open("rb") as file:
        start = file.read(4)
        if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return Encoding("utf-16", notice="is UTF-16; read as such")
        file.seek(0)
        while chunk := file.read(_CHUNK):
            if chunk.isascii() and decoder.getstate()[0] == b"":
                continue
            text = decoder.decode(chunk)
            foreign = [character for character in text if not character.isascii()]
            escaped = sum("\udc80" <= character <= "\udcff" for character in foreign)
            wide, wrong = wide + len(foreign) - escaped, wrong + escaped
    wrong += len(decoder.decode(b"", final=True))  # a character cut off at the end of the file
    if not wrong:
        return Encoding("utf-8-sig")
    if wide > wrong:
        return Encoding(
            "utf-8-sig", "surrogateescape", "holds bytes that are not UTF-8; their rows are left out"
        )
    name = "cp1252" if _decodes(path, "cp1252") else "latin-1"
    return Encoding(name, notice=f"is not UTF-8; read as {name}: if accents look wrong, save it as UTF-8")


def _decodes(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    with path.open("rb") as file:
        try:
            while chunk := file.read(_CHUNK):
                decoder.decode(chunk)
        except UnicodeDecodeError:
            return False
    return True
