"""Words that tell one text from another, and those that any question is put with."""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import numpy.typing as npt

_LEAST_LETTERS = 3
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
_COMMON_WORDS = frozenset(_COMMON.encode().split())


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
