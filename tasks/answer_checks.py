"""Is this text an answer at all? Each check returns the telling words, or None if all is well."""

import re
from functools import lru_cache

from gleanery.tasks.shirking_prose import any_of, plain_prose

_HEAD = 300  # characters in which a text declares what it is
_TAIL = 300  # and in which it takes leave

# Patterns are matched against what `plain_prose` returns.
_EDITED = (
    "(?:improved|revised|refined|rewritten|re-written|corrected|edited|updated|reformatted"
    "|polished|enhanced|reworded|rephrased|shortened|concise|clearer|cleaned[- ]up)"
)
_PAIR = "(?:question(?:[- /–]+(?:and[- ])?answer)?|q ?& ?a|answer|response|reply|pair|json)"
_SHOWN = "(?:page|web ?page|context|document|source text|source document)"
_CANNOT = "(?:cannot|could not|will not|am (?:unable|not able) to|do not have [a-z ]{0,30}to)"
_PROVIDE = (
    "(?:help|assist|answer|provide|complete|fulfill?|comply|access|view|see|open|verify|determine"
    "|refine|rewrite|edit|process|solve|give|produce|generate|create)"
)
_REQUESTED = (
    "(?:you|with (?:that|this|your|the)|(?:this|that|your|the|any|an?) (?:\\w+ ){0,2}?(?:answers?"
    "|questions?|requests?|page|image|figure|diagram|link|content|task|pair|json|solution"
    "|information|url|file))"
)

_REFUSALS_ANYWHERE = (
    r"\bas an? (?:ai|artificial intelligence|(?:large )?language model)"
    r"(?: language)?(?: model| assistant| system)?,? i\b",
    r"\bmy (?:knowledge cut-?off|training data)\b",
)
_REFUSALS_AT_START = (
    rf"\bi {_CANNOT} {_PROVIDE} {_REQUESTED}\b",
    r"\bi am (?:very |so |really )?sorry,? (?:but|however)\b.{0,60}"
    r"\b(?:cannot|unable|not able|do not have|no (?:answer|information)|not enough)\b",
    r"\bi do not have (?:access to|enough information|the ability)\b",
    r"^(?:unfortunately|apologies|sorry)\b.{0,80}\b(?:i (?:cannot|am unable)|(?:page|source"
    r"|provided|given|original) (?:text|page|pair|context|information|question|answer))\b",
    r"^(?:the|this) (?:provided |given |source |original )?(?:page(?: text)?|source text|context"
    r"|pair) does not (?:contain|include|provide|give|mention|show|have)\b",
    r"^(?:this|the) (?:question|problem|pair) cannot be (?:answered|solved|refined)"
    r"(?: as it stands)? (?:without|because|since) (?:the |its )?"
    r"(?:missing |accompanying |original )?(?:figure|image|diagram|picture|table|page|graph)\b",
)
_PREAMBLES = (
    # Sure! Here is …; certainly, I have rewritten …; great question!
    r"^(?:sure(?: thing)?|certainly|of course|absolutely|okay|ok|alright|no problem|gladly|great"
    r"|understood)[!,.: ]{1,3}(?:here (?:is|are)|below is|i (?:(?:will|have|would|can) )?"
    r"(?:be (?:happy|glad)|help|explain|provide|walk|break|(?:rewr|refin|revis|improv|correct"
    r"|edit|format|clean)\w*))\b",
    r"^(?:that is |what )?an? (?:great|good|excellent|interesting) question ?[!.]",
    r"^(?:great|good|excellent|interesting) question ?[!.]",
    # Here is the improved answer: / an improved, clearer version: / the answer to your question
    rf"^(?:here (?:is|are)|below is|this is|the following is) (?:the |an? |my |your )?"
    rf"(?:\w+ (?:and|but) )?{_EDITED}(?:,? (?:and )?\w+){{0,3}}? (?:version of (?:the |your |this )"
    rf"?(?:original )?(?:{_PAIR}|text)\b|{_PAIR}\b|version ?[:.])",
    r"^here (?:is|are) (?:your|the (?:answer|solution|json) (?:you|to your))\b",
    r"^here is (?:the |a )?(?:json|output)\b",
    # Revised answer: …
    rf"^(?:final )?(?:new|{_EDITED}) (?:{_PAIR}|version|solution|text)s?[ *_]*[:：\n]",
    # I have corrected the formatting …
    r"^(?:i|we) (?:have )?(?:also |slightly |now )?(?:revised|improved|refined|rewritten|rewrote"
    r"|corrected|edited|reformatted|fixed|clarified|completed|added|kept|cleaned up) "
    r"(?:the |your |this |some |missing |original )*(?:question|answer|pair|format|formatting"
    r"|wording|latex|typos?|spelling|notation|reasoning|steps?|explanation)\b",
)
_COMMENTS = (
    rf"\b(?:the|this|your) original {_PAIR}\b(?! of\b)",
    r"\b(?:page_text|original_question|original_answer)\b",
    r"\b(?:the|this) page text\b",
    rf"\b(?:according to|based on|as (?:stated|given) (?:in|on)|from) the (?:provided|given"
    rf"|source) {_SHOWN}\b",
    rf"\bthe (?:provided|source) {_SHOWN}\b",
    rf"\bin this {_EDITED} (?:version|{_PAIR})\b",
    rf"\bthe (?:revised|improved|refined|rewritten|edited) (?:version|{_PAIR}) "
    r"(?:is|are|was|now|has|keeps|includes|reads|above|below|corrects)\b",
    # (Note: I corrected …); Editor's note: the notation was fixed
    r"(?:^|[\n(\[])[\s*_]*(?:editor's |editorial )?note(?: to [a-z ]{1,20})?[*_ ]*:[*_ ]*(?:"
    r"i (?:have |also )*(?:added|changed|corrected|converted|edited|fixed|kept|re\w+)\b"
    r"|(?:the |this )?(?:answer|question|formatting|notation|wording|typo)s? (?:was|were|has been"
    r"|have been) (?:changed|corrected|fixed|edited|rewritten|adjusted|added)|(?:corrected|fixed"
    r"|edited|reformatted|rewritten|added) )",
)
_SMALL_TALK = (
    r"\bhopes? (?:that )?(?:this|that|it|these|my answer)(?: all)?(?: explanation| answer"
    r"| solution)? (?:help(?:s|ed)?|clarif\w+|clears|makes? (?:it |things )?(?:sense|clear)"
    r"|(?:is|was) helpful|answers|is clear|will help)\b",
    r"\b(?:let me know|do not hesitate to|feel free to (?:ask|reach|comment|contact|message))\b",
    r"\bwould you like (?:me to|another|a different|to (?:explore|continue|see|try|know))\b"
    r"|\bdo you want me to\b|\bif you (?:would like|want),? (?:me to|i can)\b",
    r"\bif you (?:have|need) (?:any )?(?:more |further |other |additional )?"
    r"(?:questions?|help|clarifications?|doubts?|assistance)\b",
    r"\b(?:good luck|best of luck)(?: (?:with|on|in|for) (?:your|the)\b|[ !.]*$)",
    r"\bhappy (?:coding|learning|studying|solving)\b|\bis there anything else\b",
    r"\bthank(?:s| you) for (?:asking|your question|reading|the a2a)\b",
    r"\b(?:mark|accept) (?:(?:this|it|my answer) )?as (?:the )?(?:brainliest|accepted|best)\b",
    r"\bup-?vote\b|\bthumbs up\b",
)
_PLACEHOLDERS = (
    r"[\s.…\-–—_*]*",
    r"\W*(?:n/?a|tbd|todo|(?:your |the |insert )?(?:answer|solution|question)(?: here)?)\W*",
    r"\W*see (?:above|below|the (?:answer|solution))\W*",
)

_WORD = re.compile(r"[^\W_]+")
_LABELS = frozenset({"question", "answer", "q", "a", "the", "is"})
_FEWEST_ECHOED = 4
_ECHOED_SHARE = 0.8


def _any(patterns: tuple[str, ...]) -> re.Pattern[str]:
    return any_of(patterns, re.DOTALL)


_REFUSAL_ANYWHERE = _any(_REFUSALS_ANYWHERE)
_REFUSAL_AT_START = _any(_REFUSALS_AT_START)
_PREAMBLE = _any(_PREAMBLES)
_COMMENT = _any(_COMMENTS)
_CLOSING = _any(_SMALL_TALK)
_PLACEHOLDER = _any(_PLACEHOLDERS)


def empty(text: str) -> str | None:
    """Return the text if it is blank or only holds a place ("…", "N/A", "[answer]")."""
    return (text.strip() or "blank") if _PLACEHOLDER.fullmatch(text.strip().lower()) else None


def refusal(text: str) -> str | None:
    """Return the set phrase by which a model declines, or says that it cannot see what it needs.

    Here and below quotations and code do not count: an answer may well cite such words. What
    declines in other words is told by `shirking_words.refusal`, of answers only.
    """
    prose = plain_prose(text)
    return _found(_REFUSAL_ANYWHERE, prose) or _found(_REFUSAL_AT_START, prose[:_HEAD])


def meta_preamble(text: str) -> str | None:
    """Return an opening that announces the text in place of being it ("Here is the improved…")."""
    return _found(_PREAMBLE, plain_prose(text)[:_HEAD])


def meta_comment(text: str) -> str | None:
    """Return a remark about the editing, or about the material that the editor was shown."""
    return _found(_COMMENT, plain_prose(text))


def small_talk(text: str) -> str | None:
    """Return a closing that is addressed to the asker ("I hope this helps")."""
    return _found(_CLOSING, plain_prose(text)[-_TAIL:])


def echo(question: str, answer: str) -> str | None:
    """Return the answer's beginning if it says, word for word, no more than the question did."""
    asked, said = _WORD.findall(question.casefold()), _WORD.findall(answer.casefold())
    if said == asked:
        return answer[:200]
    if len(said) < _FEWEST_ECHOED or len(asked) < _FEWEST_ECHOED:
        return None
    asked_text, said_text = f" {' '.join(asked)} ", f" {' '.join(said)} "
    # A formula may be its own answer ("Simplify …": it is simple already); a sentence may not.
    worded = len({word for word in said if word.isalpha() and len(word) > 2}) > 2
    covered = worded and said_text in asked_text and len(said) >= _ECHOED_SHARE * len(asked)
    while asked_text in said_text:
        said_text = said_text.replace(asked_text, " ", 1)
    return answer[:200] if covered or set(said_text.split()) <= _LABELS else None


@lru_cache(maxsize=16)  # several checks in a row look at the same text
def _found(pattern: re.Pattern[str], text: str) -> str | None:
    match = pattern.search(text)
    return match[0].strip() if match else None
