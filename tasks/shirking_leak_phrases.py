"""The set phrases in which a response tells of the drafts, edits and reviews that it came from.

Such words stand at either end of a text, so only its first and last sentences are read; of a
letter or a speech only what comes before and after it, for people write of drafts and feedback.
"""

import re

from gleanery.tasks.shirking_asked import asks_for_edit, asks_for_voice
from gleanery.tasks.shirking_prose import any_of, around_piece, plain_prose

_HEAD, _TAIL = 350, 700  # letters at either end in which a text may speak of itself
_HEAD_PARTS, _TAIL_PARTS = 2, 5  # and sentences

_EDITED = (
    r"(?:improv|revis|refin|rewrit\w*|re-writ\w*|rewrote|rework|correct|edit|updat|polish|enhanc"
    r"|reword|rephras|shorten|condens|trimm?|tighten|streamlin|restructur|reformat\w*|clean\w*[ -]?up"
    r"|expand|amend|adjust|simplif|remov|merg|replac|cut|took out|taken out|mov|add|soften|drop\w*"
    r"|delet|chang|fix|clarif|reorgani[sz]|swap\w*|ton(?:ed?|ing) down|reduc|split|combin"
    r"|incorporat|left out|leaving out|omit\w*|insert|eliminat|redraft|redid|redone|re-?wrote"
    r"|compress|abridg|cut down|pared|strip\w*)(?:d|ed|t|ied|ies|es|s|ing|ten|ting)?"
)
_WAS_EDITED = (
    r"(?:improved|revised|refined|rewritten|re-written|reworked|corrected|edited|updated|polished"
    r"|enhanced|reworded|rephrased|shortened|condensed|trimmed|tightened|streamlined|restructured"
    r"|reformatted|cleaned[- ]up|expanded|amended|simplified|redrafted|abridged|shorter|concise"
    r"|more concise|tighter|clearer|pared[- ]down|cut[- ]down|compressed|re-?done)"
)
_TURNED = (
    rf"(?:{_WAS_EDITED}|(?:more|less|slightly|somewhat|much|far) [\w-]+|leaner|simpler|crisper"
    r"|sharper|fuller|warmer|friendlier|punchier|cleaner|stronger|funnier|more compact)"
)
_BETTER = rf"(?:{_TURNED}|better|final|new|longer|alternative|second|third)"
_TEXT = (
    r"(?:answers?|responses?|repl(?:y|ies)|versions?|drafts?|attempts?|explanations?|rewrites?"
    r"|revisions?|iterations?|submission|write-?up|rendition|take)"
)
_THING = (
    rf"(?:{_TEXT}|letter|e-?mail|essay|poem|speech|story|summary|solution|message|list|table|text"
    r"|plan|article|toast|paragraph|recipe|proposal|output|haiku|limerick|post|script|wording)"
)
_EARLIER = r"(?:previous|prior|earlier|last|first|initial|original|old|older|preceding|former)"
_PART = (
    r"(?:paragraphs?|introduct\w+|intro|openings?|ending|wording|tone|phras(?:es?|ing)|redundan\w+"
    r"|repetiti\w+|drafts?|versions?|rewrite|reading level|clich\w+|headings?|bullet points?"
    r"|formatting|typos?|transitions?|jargon|adjectives|filler|passive voice|line breaks?|closing"
    r"|readability|fluff|flow|hedg(?:es?|ing)|preamble|sentences?|sections?|structure|conclusion"
    r"|examples?|definitions?|explanations?|details?|metaphors?|rhymes?|length|syllables?"
    r"|calculation|units?|steps|call to action|word choice|verbosity|wordiness|disclaimers?"
    r"|greeting|sign-off|anecdote|humou?r|sentiment|numbers|figures|tables?|lines?|style|clarity|grammar)"
)
_PROSE_PART = (
    r"(?:paragraphs?|introduction|intro|openings?|ending|wording|tone|phrasing|redundan\w+|clich\w+"
    r"|headings?|bullet points?|filler|passive voice|sentences?|sections?|examples?|jargon|closing)"
)
_REVIEW = (
    r"(?:feedback|critique|criticisms?|comments|suggestions|suggested (?:edits|changes)|reviewer|review"
    r"|weaknesses|shortcomings|remarks|points raised|issues raised|concerns raised|edits|notes"
    r"|request(?:ed)? (?:changes|edits))"
)
_WHOSE = r"(?:the|your|all|those|these|this|my|its|earlier|above|previous|received|any|some)"

_EVERYWHERE = (
    # my previous answer; compared with the original; than the first draft
    r"\b(?:my|our) (?:previous|prior|earlier|last|original|initial) (?:\w+ )?(?:answers?|responses?|drafts?"
    r"|versions?|explanations?|rewrites?|revisions?|solution)\b",
    rf"\b(?:compared|as opposed|in contrast|relative) (?:to|with) (?:the|my|our|your) {_EARLIER}"
    rf" {_TEXT}\b(?! of)",
    r"\b(?:than|unlike) (?:the|that|its) (?:\w+ )?(?:first|last|original|old|initial|previous|earlier"
    r"|prior|preceding) (?:\w+ )?(?:draft|response|reply|rewrite|revision|iteration|version|attempt"
    r"|answer)\b(?! of\b)",
    r"\b(?:from|in|of|over|on|by|as) (?:the|that|its) (?:\w+ )?(?:previous|prior|earlier|last|preceding)"
    r" (?:\w+ )?(?:draft|attempt|response|rewrite|revision|iteration|answer)s?\b(?! of\b)",
    r"\b(?:the|this|that) (?:previous|prior|earlier) (?:response|rewrite|revision|reply|answer)\b"
    r"(?! of\b)",
    r"\bthe (?:previous|prior|earlier) draft\b(?! of\b)",
    rf"\([^()]*\b(?:has|have)(?: now)? been {_WAS_EDITED}\b[^()]*\)\W*\Z"
    r"|\([^()]*\b(?:has|have)(?: now)? been (?:fixed|changed|removed|replaced|cut|added)\b[^()]*\)\W*\Z",
    r"\b(?:shorter|longer|clearer|tighter|simpler|\d+ ?%|words) than the original(?=[,.;:)]|$)",
    # Revision notes / Summary of edits / Changes made: / What I changed: / Word count: 127
    r"(?:^|[(\[*—-])\W{0,4}(?:(?:revision|edit|editing|editor's|change|review)[ -]"
    r"(?:notes?|log|summary|history)|changelog|(?:self-)?(?:critique|criticism) ?:"
    r"|(?:summary|list|overview|notes?) (?:of|on) (?:the |my |all )?(?:edits|changes|revisions?"
    r"|improvements)|(?:key |main |major |other )?(?:changes|edits|revisions|improvements)"
    r"(?: i(?: have)?| that were)? (?:made|applied|include\w*)"
    r"|(?:edits|revisions) ?[:：]"
    r"|what i(?: have)? (?:changed|edited|improved|cut|revised)\b"
    r"|word[- ]?count\b|(?:total|approx\w*)(?: length)?:? \d+ words|length: (?:\w+ )?\d+ words"
    r"|(?:draft|revision) (?:\d|one|two|three)\b ?[:(),\]]"
    r"|(?:second|third|final|new|latest) (?:version|draft|revision)\b ?[:(\n*.)\]]"
    r"|(?:rewrite|revision|revised|refined|rewritten|reworked|shortened|condensed|polished|trimmed"
    r"|tightened|self-(?:check|review|assessment|critique)) ?[:：])",
    r"\A\W{0,4}(?:version|take|attempt|iteration) (?:\d|one|two|three)\b(?! of)",
    # Final answer (revised): / (148 words)
    r"\A.{0,80}\((?:revised|rewritten|edited|updated|shortened|condensed|improved|concise|v\d|version"
    r" \d|draft \d|max\w*\.? \d+ words)[^)\n]{0,40}\)",
    r"[(\[] ?(?:~|about |approx\w*\.? |exactly |now )?\d{2,4} words\b[^)\n]{0,40}[)\]]\W*(?:$|\Z)",
    r"^\W{0,3}~?\d{2,4} words\W{0,3}$",
    # ### Response / **Instruction:** / this revised response / the weaknesses mentioned above
    r"\A\W{0,6}(?:final |first |draft )?(?:response|instruction|revision)\b ?(?:\W{0,3}[:：]|\W{0,3}\n)",
    r"\b(?:this|my) (?:revised|refined|improved|rewritten|shortened|condensed|updated|reworked)"
    r" (?:answer|response|reply|version|draft|explanation)\b",
    r"\b(?:weaknesses|criticisms?|critique|shortcomings|issues|points) (?:listed|mentioned|named|noted"
    r"|raised|identified|above|you gave)\b.{0,40}\b(?:dealt with|addressed|fixed|corrected|taken)\b",
    # Improved version: / **Revised answer** on a line of its own
    rf"^\W{{0,4}}(?:the |my |newly |final )?(?:{_TURNED})(?:,? (?:and |but )?[\w-]+)? {_THING}"
    r"(?:[^.!?\n]{0,40}[:：]|\W*$)",
    # Here is a tighter version that … / Below is a refined response
    rf"^(?:\w+[,!.]? ){{0,4}}(?:here is|here are|here comes|here you go|below is|this is|please find"
    rf"|find below|see below|i present|that is) (?:the|an?|my|your) (?:[\w-]+,? (?:and |but )?)"
    rf"{{0,3}}?(?:{_BETTER}(?:,? (?:and |but )?[\w-]+){{0,3}}? {_TEXT}|{_WAS_EDITED} {_THING}|(?:rewritten|revised|condensed|shortened"
    r"|streamlined|refined|polished|trimmed|tightened|reworked) \w+)\b"
    r"(?! of (?:the|an?|this|that)\b(?! (?:original|answer|response|previous|earlier)))",
    # (Edited for length …), [condensed to meet the limit], Rewritten for clarity:
    r"(?:^|[(\[*—-])\W{0,3}(?:i |this was |this has been |now )?(?:edited|condensed|shortened|revised"
    r"|rewritten|reworked|trimmed|tightened|polished|rephrased|reworded|streamlined|cut down|updated"
    r" (?=so|per|following|based|as|after)|reduced (?=from))"
    r" ?(?:for|to|so|per|based|following|after|according|as|in line|in response|down|from|with|by)\b"
    r"[^!?\n]{0,120}?[:)\]*]",
    r"\b(?:kept|condensed|shortened|trimmed|cut|meets|fits|stays|now|keeping)(?: \w+){0,3}? (?:to|within"
    r"|below|under|the)? ?(?:the |a |your )?(?:\w+ ){0,2}?(?:(?:word|length|character|token)[ -]?(?:limit"
    r"|count|constraint|range|target)|limit of (?:\w+ )?(?:words?|pages?))\b",
)
_OUTSIDE_LETTERS = (
    # this has been shortened to; I have now corrected; it reads better now
    rf"\b(?:this|it) (?:has|was|is)(?: now| also)?(?: been)?(?: now)? {_WAS_EDITED} (?:to|for|so|as|by)\b",
    rf"\bi have (?:now|since|also now) {_EDITED}\b",
    rf"\bi (?:have )?(?:also |now )?{_EDITED}\b.{{0,70}}\bas (?:you )?(?:requested|suggested|asked|advised"
    r"|instructed|noted|recommended|wanted)\b",
    r"\bnow (?:reads|flows|sounds) (?:\w+ )?(?:better|clearer|smoother|tighter|more)\b"
    r"|\b(?:reads|flows|sounds) (?:\w+ )?(?:better|clearer|smoother|tighter) now\b",
    r"\bhopefully (?:this|it) (?:now )?(?:address|answer|cover|fix|meet|match|reflect)\w*\b",
    # per the feedback; as the reviewer noted; I have taken the comments on board
    rf"\b(?:per|following|based on|incorporat\w+|in (?:response|reply|answer) to|thank(?:s| you) for"
    rf"|taking|taken?|address(?:ed|es|ing)?|after|given|considering|in light of|implement\w+"
    rf"|reflect\w*|appl\w+|fix\w*|respond\w* to) (?:\w+ )?(?:{_WHOSE} )+(?:\w+ ){{0,2}}?{_REVIEW}\b",
    r"\b(?:the |my |your )(?:critique|reviewer|editor|feedback|review notes|critic)(?:'s)? (?:said"
    r"|noted|pointed|suggested|asked|found|flagged|mentioned|wanted|rightly|requested)\b",
    r"\b(?:feedback|comments|suggestions|critique) (?:applied|incorporated|addressed|implemented"
    r"|taken into account|on board)\b",
    r"\bas (?:was |were |had been )?(?:flagged|pointed out(?! by)|noted in the (?:review|comments"
    r"|feedback|critique)|suggested in the \w+)\b|\bit was pointed out\b",
    # I removed the introduction; I rewrote it so that; the second paragraph was cut
    rf"\b(?:i|we)(?: have| had)?(?: \w+ly| also| now| just| then| since| slightly)*"
    rf" {_EDITED}\b.{{0,60}}\b(?:{_PART}|{_THING})\b",
    rf"\b(?:i|we)(?: have| had)?(?: \w+ly| also| now| just| since)* {_EDITED} (?:it|this|that|them"
    r"|things|everything)\b.{0,12}\b(?:to|so|for|into|down|from|more|shorter|as|by|with|up|and|since"
    r"|around|per|based|following|according)\b",
    rf"\b(?:i|we)(?: have| had)?(?: now| also| just)? (?:made|kept|turned|put) (?:it|this|the {_THING}"
    rf"|the (?:tone|language|wording|{_PART}))\b.{{0,30}}\b(?:{_BETTER}|more|less|\w+er|specific"
    r"|direct|formal|simple|short|brief)\b",
    rf"\b(?:this|the|that|my|your)(?: \w+){{0,3}} {_PROSE_PART}\b(?: \w+){{0,5}}? (?:is|are|was|were|has been"
    rf"|have been|has now been|now)(?: also| now| all| then)? (?:{_EDITED}|gone|new)\b",
    rf"\b(?:this|the|the above|my) {_TEXT}(?: above| below)? (?:is|was|has|has been|is now|now|has now"
    rf" been)(?: also| now| since| been)? (?:{_WAS_EDITED}|cut|restructured)\b",
    # this rewrite keeps; this version is shorter; now uses …
    r"\b(?:this|the (?:revised|updated|improved|shorter|tighter)) (?:rewrite|revision|iteration"
    r"|rework|redraft|shorter \w+)\b",
    rf"\b(?:this|the (?:revised|updated|improved|shorter|tighter|above)) (?:version|one|draft)"
    rf"(?: above)?\b.{{0,70}}\b(?:{_PROSE_PART}|{_BETTER}|closer|suggest\w*|request\w*|feedback"
    r"|critique|comments|you (?:asked|wanted|had in mind)|errors?|every \w+|reader)\b",
    rf"\bnow with(?:out)? .{{0,60}}\b(?:removed|added|included|fixed|cut|{_PROSE_PART})\b",
    rf"\bhere it is\b.{{0,30}}\b{_BETTER}\b",
    rf"\b(?:the|that) {_EARLIER} (?:version|draft|attempt|one) (?:\w+ly )?(?:forgot|left out|omitted"
    r"|sounded|felt|ran|rounded|missed|overran|rambled|neglected|fell|buried)\b",
    r"\bin (?:this|the) (?:(?:new|revised|updated|improved) )?(?:rewrite|revision|redraft)\b"
    r"|\bin (?:this|the) (?:revised|improved|updated|shortened) (?:version|answer|response|text)\b",
    r"\b(?:calculation|section|answer|text|version|explanation|list|example|letter|ending|opening)\w*"
    r"(?: \w+)? now (?:uses|includes|reads|opens|starts|begins|fits|covers|explains|has|gives|mentions"
    r"|comes|states|shows|ends|leads|focuses|contains)\b",
    rf"(?:^|[.!?] )(?:the )?{_PART} (?:{_WAS_EDITED}|removed|cut|added|moved|changed|made|softened"
    r"|dropped|replaced|merged|reduced|deleted|strengthened|toned down)\b",
    rf"^\W*(?:\d+\. *)?(?:removed|shortened|rewrote|merged|replaced|cut|trimmed|tightened|moved|added"
    r"|condensed|softened|dropped|deleted|changed|corrected|fixed|simplified|swapped|reduced|reworded"
    rf"|rephrased|eliminated|clarified|strengthened)\b.{{0,50}}\b{_PART}\b",
    rf"\b(?:another|one more|further|next) (?:revision|round of|pass|rewrite|draft|{_EDITED}t?ing\b)"
    r"|\b(?:cut|shorten\w*|trim\w*|condense\w*|tighten\w*|revise\w*|edit\w*) (?:\w+ )?(?:even )?further\b",
    rf"\b(?:while|by|after) (?:keeping|preserving|retaining|removing|eliminating|cutting|trimming"
    rf"|shortening|tightening) .{{0,40}}\b(?:{_PART}|tips|meaning|content|points)\b",
    rf"\b(?:instead of|rather than|replacing|unlike|no longer) the (?:\w+ )?(?:{_EARLIER}|generic|vague"
    rf"|abstract|clich\w+) (?:\w+ )?(?:{_PART}|one|version|argument|answer)\b",
    rf"\b(?:{_EARLIER}|the) (?:explanation|answer|draft|version|attempt|response|one|solution|text)"
    rf" (?:was|had|had been|felt|seemed|ran) (?:\w+ )?(?:too|rather|overly|not|wordy|judged|missing"
    r"|long|short|vague|generic|wrong|incorrect|less)\b",
)
_ASKED = re.compile(
    rf"\b(?:{_EARLIER} (?:\w+ )?{_THING}|drafts?|versions?|rewrit\w+|revisions?|word (?:limit|count)"
    r"|edit\w*|feedback|review\w*|critique|changelog|release notes|limit|criticism|words)\b"
)
_LENGTHS = {"words", "limit", "word limit", "word count"}  # told of in instructions of all kinds
_ANY = any_of(_EVERYWHERE, re.MULTILINE)
_NEVER_EDITED = re.compile(
    r"\b(?:answer|response|reply|instruction|critique|feedback|word count|limit)\b"
)
_OUTSIDE = any_of(_OUTSIDE_LETTERS, re.MULTILINE)
_PART_END = re.compile(r"(?<=[.!?])[)\"*_…\]]*\s+|\n+")


def set_phrase(instruction: str, response: str) -> str | None:
    """Return the words by which a response gives away that it is the revision of another one.

    What the instruction itself speaks of (a draft, a review, a word limit) is no leak.
    """
    prose = plain_prose(response)
    asked = set(_ASKED.findall(instruction.lower()))
    head, tail = around_piece(prose) if asks_for_voice(instruction) else (prose, prose)
    head, tail = head[:_HEAD], tail[-_TAIL:]
    own = asked if not asks_for_edit(instruction) else None
    for zone in (head, tail):
        if words := _found(_ANY, zone, own, instruction):
            return words
    if asked - _LENGTHS or asks_for_edit(instruction):
        return None
    parts = _PART_END.split(head)[:_HEAD_PARTS] + _PART_END.split(tail)[-_TAIL_PARTS:]
    found = (_found(_OUTSIDE, part, asked, instruction) for part in parts)
    return next((words for words in found if words), None)


def _found(
    pattern: re.Pattern[str], text: str, asked: set[str] | None, instruction: str
) -> str | None:
    """Return the first match that speaks of nothing that the instruction speaks of.

    Where an edit is asked for (`asked` is None), versions may be spoken of, and responses not.
    """
    for match in pattern.finditer(text):
        if asked is None:
            own = set(_NEVER_EDITED.findall(match[0]))
            is_leak = bool(own) and not any(word in instruction.lower() for word in own)
        else:
            is_leak = not asked & set(_ASKED.findall(match[0]))
        if is_leak:
            return match[0].strip(" \n*_([-—#")
    return None
