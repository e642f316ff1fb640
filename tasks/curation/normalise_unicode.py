"""Text beyond ASCII in its plainest form: compatible letters made one, typography left out."""

import codecs
import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache
from typing import cast

_SIGNS, _NO_SIGNS = "gleanery-letters-and-signs", "gleanery-letters"
_UNSPACED = re.compile(  # scripts that put no spaces between words: each letter is one
    "([\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
    "\uf900-\ufaff\U00020000-\U0003134f])"
)
_GREEK_LETTER = re.compile("[\u0391-\u03ff]")
_AS_ASCII = str.maketrans("−×·⋅÷∕⁄′’", "-***///''")


def encode_plain(text: str, signs: bool = True) -> bytes:
    """Return a text in UTF-8 with every run of characters beyond ASCII in its plainest form.

    Letters are case-folded and in compatible form (NFKC); letters of scripts without spaces, and
    mathematical signs, stand between spaces; other characters part words. ASCII stays as it is.
    With signs, a Greek letter on its own, which is a symbol, keeps its case; without, those beyond
    ASCII part words too.
    """
    if text.isascii():
        return text.encode()
    if not unicodedata.is_normalized("NFC", text):
        text = unicodedata.normalize("NFC", text)  # a mark may stand on a letter of ASCII
    # The encoder hands over each run beyond ASCII: five times as fast as a regular expression.
    return text.encode("ascii", _SIGNS if signs else _NO_SIGNS)


def _plain(run: str, signs: bool) -> bytes:
    if not signs:
        run = run.translate(_LETTERS)  # before `ⓐ` and `™` become letters
    folded = unicodedata.normalize("NFKC", run.translate(_RAISED))
    if not (signs and _GREEK_LETTER.fullmatch(folded)):
        folded = folded.casefold()
    plain = unicodedata.normalize("NFKC", folded).translate(_AS_ASCII)
    kept = plain.translate(_LETTERS_AND_SIGNS if signs else _LETTERS)
    return _UNSPACED.sub(r" \1 ", kept).encode("utf-8", "replace")


class _Raised(dict[int, str]):
    """Numbers that compatible forms would join to what they stand beside: `x²`, `5½`."""

    def __missing__(self, code: int) -> str:
        character = chr(code)
        form = unicodedata.decomposition(character).partition(" ")[0]
        self[code] = {"<super>": "^", "<fraction>": " "}.get(form, "") + character
        return self[code]


class _Kept(dict[int, str]):
    """Letters, marks and numbers as they are, some signs between spaces; the rest parts words."""

    def __init__(self, signs: str) -> None:
        super().__init__()
        self._signs = signs

    def __missing__(self, code: int) -> str:
        character, category = chr(code), unicodedata.category(chr(code))
        if character.isascii() or category[0] in "LMN":
            plain = character
        elif category == self._signs:
            plain = f" {character} "
        else:
            plain = "" if category == "Cf" else " "  # a soft hyphen parts nothing
        self[code] = plain
        return plain


_RAISED, _LETTERS_AND_SIGNS, _LETTERS = _Raised(), _Kept(signs="Sm"), _Kept(signs="")


def _register(name: str, signs: bool) -> None:
    @lru_cache(maxsize=1 << 16)  # most are a dash, a quotation mark or an accented letter
    def plain(run: str) -> bytes:
        return _plain(run, signs)

    def encode_run(error: UnicodeEncodeError) -> tuple[bytes, int]:
        return plain(error.object[error.start : error.end]), error.end

    codecs.register_error(name, cast("Callable[[UnicodeError], tuple[bytes, int]]", encode_run))


_register(_SIGNS, signs=True)
_register(_NO_SIGNS, signs=False)
