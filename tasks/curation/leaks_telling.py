"""Words that tell one text from another, and those that any question is put with."""

import re
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from gleanery.tasks.curation.leaks_folding import fold

_LEAST_LETTERS = 3
_ENOUGH_TELLING = 5
_ENOUGH_WORDS = 13
_MUCH = 0.4
_COMMON = """
the of and to in is that it its for as with be been being on by are this these those an or from at
was were which has have had not no nor if then when how what who whom whose why where will would can
could should may might must shall do does did than into onto there their they them his her him she
he you your our we us out up off over under about between each every any some such more most less
least other another same both either neither none all only also very just one two three four five
six seven eight nine ten first second third above below let given find give gives following
statement statements true false yes answer answers question questions option options choose correct
incorrect best compute calculate evaluate simplify solve express determine write function python
return def self print range len number numbers value values item items list name step steps think
iii vii viii xii abc
"""
# Asymptote, TikZ and the like, SVG; unclosed ones go on to the end.
_DRAWING = re.compile(
    r"\[(asy|tikz|svg)\b.*?(?:\[/\1\]|\Z)"
    r"|\\begin\{(asy|tikzpicture|tikzcd|picture|pspicture)\}.*?(?:\\end\{\2\}|\Z)"
    r"|<svg\b.*?(?:</svg>|\Z)",
    re.DOTALL | re.IGNORECASE,
)
_COMMON_WORDS = frozenset(_COMMON.encode().split())


def telling_words(text: str) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """Return for each word of a text, once folded, whether it tells, and whether it draws.

    The code of a drawing names what it draws as that of any other figure does.
    """
    tells, draws, end = [], [], 0
    for drawing in [*_DRAWING.finditer(text), None]:
        words = fold(text[end : drawing.start() if drawing else None]).split()
        code = len(fold(drawing[0]).split()) if drawing else 0
        tells += [are_telling(words), np.zeros(code, np.bool_)]
        draws += [np.zeros(len(words), np.bool_), np.ones(code, np.bool_)]
        end = drawing.end() if drawing else end
    return np.concatenate(tells), np.concatenate(draws)


def tells_enough(shared: Sequence[bytes], sought: str) -> bool:
    """Return whether the words in a row that a text shares with a sought one are a sign of it.

    They have words of its subject among them, or are many and much of what it says: a standing
    phrase ("where m and n are relatively prime positive integers, find m + n") is neither.
    """
    says = fold(_DRAWING.sub(" ", sought)).split()
    tell = {word for word in says if _is_telling(word)}
    if sum(word in tell for word in shared) >= _ENOUGH_TELLING:
        return True
    return len(shared) >= max(_ENOUGH_WORDS, _MUCH * len(says))


def are_telling(words: Sequence[bytes]) -> npt.NDArray[np.bool_]:
    """Return for each folded word whether it tells of its text's subject.

    Numbers, single letters, function words and what questions are framed with tell nothing;
    words of other scripts all count.
    """
    return np.fromiter(map(_is_telling, words), np.bool_, len(words))


@lru_cache(maxsize=1 << 16)
def _is_telling(word: bytes) -> bool:
    if not word.isascii():
        return True
    return len(word) >= _LEAST_LETTERS and word.isalpha() and word not in _COMMON_WORDS
