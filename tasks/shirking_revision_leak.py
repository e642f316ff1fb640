"""Does a response tell of the drafts, edits and reviews that it came from?

Such words stand at either end of a text, so only its first and last sentences are read. One clear
sign is enough (a label such as "Changes made:"); of the weaker ones a sentence must show two of
different kinds: an edit ("I removed"), a part of a text ("the introduction"), who wanted it ("as
the reviewer noted"), a comparison ("shorter than the first draft").
"""

import re

from gleanery.tasks.answer_checks import plain_prose

_HEAD, _TAIL = 350, 700  # letters at either end in which a text may speak of itself
_HEAD_SENTENCES, _TAIL_SENTENCES = 2, 7

_REVISED = (
    r"(?:improved|revised|refined|rewritten|re-written|reworked|corrected|edited|updated|polished"
    r"|enhanced|reworded|rephrased|shortened|condensed|trimmed|tightened|streamlined|restructured"
    r"|reformatted|cleaned[- ]up|expanded|amended|adjusted|simplified|final|new|better|finali[sz]ed)"
)
_COMPARED = (
    r"(?:(?:more|less|much|slightly|somewhat|far|even) [\w-]+(?:,? (?:and|but|more|less) [\w-]+)*"
    r"|shorter|tighter|clearer|leaner|simpler|crisper|sharper|longer|fuller|concise|condensed|brief"
    r"|improved|revised|refined|polished|rewritten|updated|reworked|better|warmer|friendlier|punchier"
    r"|streamlined|cleaner|stronger|compact|abridged|\w+er)"
)
_TEXT = (
    r"(?:answers?|responses?|repl(?:y|ies)|versions?|drafts?|attempts?|explanations?|rewrites?"
    r"|revisions?|iterations?|edits?|submission|write-?up|wording|text)"
)
_THING = (
    rf"(?:{_TEXT}|letter|email|e-mail|essay|poem|speech|story|summary|solution|message|list|table"
    r"|plan|article|toast|review|paragraph|recipe|proposal|output)"
)
_EARLIER = r"(?:previous|prior|earlier|last|first|initial|original|old|older|preceding|former)"

_CLEAR = (
    # my previous answer, compared with the first draft, the earlier version's opening
    rf"\b(?:my|our) {_EARLIER} (?:\w+ )?{_TEXT}\b",
    rf"\b(?:compared|as opposed|in contrast) (?:to|with) (?:the|my|our|your) {_EARLIER}(?:ly)?"
    rf"(?: {_THING})?\b",
    rf"\b(?:than|from|in|to|of|unlike|over|on|by|as) (?:the|that|its) (?:\w+ )?{_EARLIER} "
    r"(?:\w+ )?(?:draft|attempt|response|reply|rewrite|revision|iteration|answer)\b(?! of\b)",
    rf"\b(?:the|this|that) {_EARLIER} (?:draft|response|rewrite|iteration|revision|reply)\b"
    r"(?! of\b)",
    # Revision notes / Summary of edits / Changes made: / What I changed: / Word count: 127
    r"(?:^|[(\[*—-])\W{0,4}(?:(?:revision|edit|editing|editor's|change|changes)[ -]"
    r"(?:notes?|log|summary|history)|changelog"
    r"|(?:summary|list|overview|notes?) (?:of|on) (?:the |my |all )?(?:edits|changes|revisions?"
    r"|improvements)|(?:key |main |major )?(?:changes|edits|revisions|improvements)"
    r"(?: i(?: have)?| that were)? (?:made|applied|include)|what(?: i| has| have i| i have| is)?"
    r" (?:been )?(?:changed|different|new|improved)\b|word[- ]count\b"
    r"|(?:total|approx\w*)(?: length)?:? \d+ words|length: (?:\w+ )?\d+ words"
    r"|(?:version|draft|revision|take|rev\.|v) ?\d+\b|final (?:version|draft)\b)",
    rf"^\W{{0,4}}{_REVISED}(?:,? (?:and )?\w+)? {_THING}\b[^.!?\n]{{0,40}}[:：]",
    # Here is a tighter version that … / Below is a refined response
    rf"^(?:\w+[,!.]? ){{0,3}}(?:here is|here are|here comes|below is|this is|please find|find below"
    rf"|see below|i present) (?:the|an?|my|your) (?:[\w-]+,? (?:and |but )?){{0,3}}?{_COMPARED}"
    rf"(?:,? (?:and |but )?[\w-]+){{0,3}}? {_TEXT}\b(?! of (?:the|an?|this|that)\b(?! original))",
    # (Edited for length …), [condensed to meet the limit], updated so that
    r"[(\[*—-]\W{0,3}(?:i |this was |this has been |now )?(?:edited|condensed|shortened|revised"
    r"|updated|trimmed|tightened|rewritten|reworked|cut|adjusted|reduced|restructured|expanded"
    r"|polished|simplified|rephrased|reworded|corrected) (?:for|to|so|per|based|following|after"
    r"|according|as|in line|in response|down|from|with)\b",
    r"\b(?:within|below|under|meets?|meet|fits?|to|exceeds?|over|for|keep\w* (?:to|within)) (?:the |a "
    r"|your )?(?:\w+ )?(?:(?:word|length|character|token)[ -](?:limit|count|constraint|budget|range)"
    r"|limit of (?:\w+ )?(?:words?|pages?|characters))\b",
    r"\b(?:the |my |your )?(?:critique|criticisms?|reviewer|editor|feedback|comments|suggestions?"
    r"|review notes|rubric|critic)(?:'s)? (?:said|noted|pointed|suggested|asked|found|flagged"
    r"|mentioned|wanted|rightly|requested|on board|about the|that the|has been|have been|was|were"
    r"|above|you gave)\b",
    r"\b(?:per|following|based on|incorporat\w+|in (?:response|reply) to|thank(?:s| you) for|taking"
    r"|taken|addressing|after|given|considering|in light of|implement\w+|reflect\w*|appl\w+|address"
    r"(?:ed|es)?) (?:\w+ )?(?:the |your |all |those |this |earlier )+(?:\w+ ){0,2}?(?:feedback"
    r"|critique|criticisms?|comments|suggestions|suggested (?:edits|changes)|review|reviewer"
    r"|notes|edits|points raised)\b",
    r"\b(?:as|which (?:was|were)|that (?:was|were)) (?:you |was |were |had been |had )?(?:flagged"
    r"|pointed out|noted in the (?:review|comments|feedback)|suggested in the \w+)\b",
)
_EDITED = re.compile(
    r"\b(?:(?:i|we)(?: have| had)?(?: also| now| just| slightly)? (?:removed?|shortened|rewrote"
    r"|rewritten|reworked|merged|replaced|cut|trimmed|tightened|restructured|took out|taken out"
    r"|moved|added|condensed|softened|kept|dropped|deleted|changed|revised|corrected|fixed"
    r"|clarified|expanded|simplified|reorgani[sz]ed|swapped|toned|reduced|rephrased|reworded"
    r"|updated|improved|split|combined|polished|streamlined|incorporated|adjusted|edited|left out"
    r"|made|omitted|cleaned|inserted|included|turned|eliminated|refined)"
    r"|(?:is|are|was|were|been|being|has|have|now|gets?) (?:also |now |all |then )?(?:removed"
    r"|shortened|rewritten|reworked|merged|replaced|cut|trimmed|tightened|restructured|taken out"
    r"|moved|added|condensed|softened|kept|dropped|deleted|changed|revised|corrected|fixed|expanded"
    r"|simplified|swapped|reduced|rephrased|reworded|updated|left out|omitted|gone|new|judged"
    r"|eliminated|included|incorporated)"
    r"|^\W*(?:\d+\.\s*)?(?:removed|shortened|rewrote|merged|replaced|cut|trimmed|tightened"
    r"|restructured|moved|added|condensed|softened|dropped|deleted|changed|corrected|fixed|expanded"
    r"|simplified|swapped|reduced|rephrased|reworded|incorporates?|clarified|eliminat\w+|length)"
    r"|this (?:version|rewrite|revision|draft|one|edit|time|update|iteration|shorter \w+|new \w+)"
    r"|now (?:uses|includes|reads|opens|starts|begins|fits|covers|explains|has|gives|mentions|comes"
    r"|states|shows|ends|stays)|eliminating|while (?:keeping|preserving|retaining|removing))\b"
)
_PART = re.compile(
    r"\b(?:paragraphs?|sections?|sentences?|introduct\w+|intro|opening|ending|conclusion|wording"
    r"|tone|phras\w+|redundan\w+|repetition\w*|drafts?|versions?|rewrite|reading level|clich\w+"
    r"|headings?|bullet points?|formatting|typos?|transitions?|word choice|jargon|adjectives"
    r"|adverbs|filler|passive voice|line breaks?|structure|flow|examples?|definitions?|details?"
    r"|steps?|closing|readability|clarity|half a page|one page|\d+ words|fluff)\b"
)
_WANTED = re.compile(
    r"\b(?:feedback|reviewers?|critique|comments|as (?:you )?(?:requested|flagged|suggested|wanted"
    r"|asked|instructed)|pointed out|you (?:wanted|asked|suggested|requested|said)|requested"
    r"|suggestion|as noted|guidelines?|concerns?|criticism)\b"
)
_COMPARISON = re.compile(
    rf"\b(?:(?:the|my|its|this|that|your) {_EARLIER} {_THING}|{_EARLIER} (?:draft|version|attempt)"
    r"|shorter|tighter|more (?:concise|direct|specific|concrete|readable|formal|natural|focused"
    r"|personal|engaging|vivid|detailed|accurate|precise)|less (?:formal|preachy|theoretical|generic"
    r"|wordy|vague|technical|repetitive|dense)|too (?:\w+ )?(?:long|short|theoretical|dense|vague"
    r"|formal|generic|wordy|technical|repetitive|abstract|preachy)|condensed|concise|than before"
    r"|instead of|no longer|earlier|previously|before|by mistake|so (?:it|that it|the \w+) (?:now|is"
    r"|reads|no longer)|from the original|the original)\b"
)
_CLEARLY = re.compile("|".join(_CLEAR), re.MULTILINE)
_SIGNS = (_EDITED, _PART, _WANTED, _COMPARISON)
_FEWEST_SIGNS = 2
_ABOUT_TEXT = re.compile(
    rf"\b(?:{_EARLIER} (?:\w+ )?{_THING}|drafts?|versions?|rewrit\w+|revis\w+|word (?:limit|count)"
    r"|edit\w*|feedback|review\w*)\b"
)
_SENTENCE = re.compile(r"(?<=[.!?:])[)\"*_…]*\s+|\n+")


def revision_leak(instruction: str, response: str) -> str | None:
    """Return the words by which a response gives away that it is the revision of another one.

    What the instruction itself speaks of (a draft, a review) is no leak.
    """
    prose = plain_prose(response)
    asked = set(_ABOUT_TEXT.findall(instruction.lower()))
    for zone in (prose[:_HEAD], prose[-_TAIL:]):
        for match in _CLEARLY.finditer(zone):
            if not asked & set(_ABOUT_TEXT.findall(match[0])):
                return match[0].strip(" \n*_([-—")
    if asked:
        return None
    head = _SENTENCE.split(prose[:_HEAD])[:_HEAD_SENTENCES]
    tail = _SENTENCE.split(prose[-_TAIL:])[-_TAIL_SENTENCES:]
    for sentence in head + tail:
        words = [match[0] for sign in _SIGNS if (match := sign.search(sentence))]
        if len(words) >= _FEWEST_SIGNS and _EDITED.search(sentence):
            return " … ".join(words)
    return None
