"""Is a passage that a verifier quotes really in the text?"""

import re
import unicodedata

_LEAST = 10  # letters and digits of the longest piece: less is found in any text
_WIDE = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]"
)
_LEFT_OUT = re.compile(r"\[?(?:…|\.\.\.+)\]?")


def evidence_stands_in(text: str, evidence: str) -> bool:
    """Return whether a quotation, long enough to mean anything, is in a text.

    Markup, punctuation, case and white space may differ; where the quotation leaves something
    out ("…"), its pieces have to follow each other.
    """
    pieces = [bare for piece in _LEFT_OUT.split(evidence) if (bare := _bare(piece))]
    if max((len(piece) + len(_WIDE.findall(piece)) for piece in pieces), default=0) < _LEAST:
        return False
    inside, position = _bare(text), 0
    for piece in pieces:
        position = inside.find(piece, position)
        if position < 0:
            return False
        position += len(piece)
    return True


def _bare(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(letter for letter in folded if letter.isalnum())
