"""How many words does it take at least to do what an instruction asks for?"""

import math
import re

from gleanery.tasks.shirking_asked import MAKE, asks_for_transformation, brings_text

# A plan, an essay; a question with a situation told around it; a bare question; a letter; what is
# asked otherwise; yes or no with a reason; a term, a single step.
_PIECE, _SITUATION, _QUESTION, _NOTE, _OTHER, _YES_OR_NO, _TERM = 120, 80, 50, 55, 45, 24, 20
_PER_PART = 12  # words for each of the parts (a), (b), …
_ASIDE = 12  # words of an instruction under which it is a bare question
_ELLIPSIS = 4  # words of "Capital of Mongolia?"
_LONG_FACT = 20  # words of a question about one fact with its circumstances
_SHARE = 0.4  # of a length that the instruction names
_SHORTENED = 0.5  # what is asked for in short may be half as long

_NUMBERS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen"
)
_SMALL = {word: number for number, word in enumerate(_NUMBERS.split())}
_SMALL |= {"single": 1, "few": 3, "twenty": 20, "thirty": 30, "fifty": 50, "hundred": 100}
_NUMBER = rf"\d{{1,3}}(?:,\d{{3}})+|\d+|{'|'.join(_SMALL)}"
_WORDS_OF = {"word": 1, "sentence": 8, "line": 4, "paragraph": 30, "bullet": 6, "page": 200}
_WORDS_OF |= {"verse": 12, "stanza": 12, "liner": 4}
_NAMED = re.compile(
    rf"\b({_NUMBER})[ -](?:\w+[ -])?({'|'.join(_WORDS_OF)})(?:s|es)?\b(?! (?:each|per|for (?:each|every)))"
    rf"|\b({_NUMBER})[ -]minute (?:speech|talk|presentation|pitch|monologue)"
    r"|\b(?:in|as|with|into|just) an? (?:single |short )?(word|sentence|line)\b(?! (?:each|per|for every))",
    re.IGNORECASE,
)
_WORDS_A_MINUTE = 100
# A question about an amount may tell of pages that somebody reads: no length of its answer, unless
# it says "in 3 sentences", or "Write 3 sentences …".
_AMOUNT_ASKED = re.compile(
    r"\bhow (?:many|much|long|far|fast|often|old|tall|big|late|soon)\b"
    r"|\bwhat (?:fraction|percent\w*|share|number|is the (?:total|average|number|ratio|probability))\b",
    re.IGNORECASE,
)
_IN_SO_MANY = re.compile(
    r"\b(?:in|within|using|under)(?: (?:about|around|exactly|at|least|most|just|only|no|more|than"
    r"|a|an|the|one))*\s*$",
    re.IGNORECASE,
)
_SENTENCE_END = re.compile(r"[.!?]\s+|\n")
_IMPERATIVE = re.compile(
    r"^\W*(?:(?:please|now|then|and|also|can you|could you)\s+)*(?:write|explain|describe|give|answer"
    r"|summari[sz]e|tell|list|respond|reply|compose|draft|show|discuss|provide|use|make)\b",
    re.IGNORECASE,
)

_TINY = re.compile(
    MAKE
    + r"(?:[ -]\w[\w'-]*){0,4}?[ -](?:haikus?|limericks?|couplets?|slogans?|tag ?lines?|titles?|headlines?|tweets?"
    r"|captions?|jokes?|riddles?|proverbs?|puns?|mottos?|synonyms?|antonyms?|acronyms?|names?|poems?"
    r"|quatrains?|hashtags?|mnemonics?|palindromes?|passwords?|emojis?|fun facts?|quotes?|rhymes?"
    r"|subject lines?|regex(?:es|p)?|one-liner|anagrams?|text message|sms|out-of-office|wish(?:es)?"
    r"|greetings?|toast in|words?|one (?:reason|example|thing|way|tip))\b"
    r"|^\W*(?:(?:an?|one|two|three|\d+|short|funny|good|quick|nice|catchy) )*(?:titles?|tweets?|captions?"
    r"|jokes?|riddles?|poems?|quatrains?|rhymes?|text|names?|quotes?)\b"
    r"|\b(?:haikus?|limericks?|couplets?|slogans?|tag ?lines?|headlines?|mnemonics?|palindromes?"
    r"|anagrams?|one-liners?|subject lines?|puns?|synonyms?|antonyms?|(?:opening|first|closing) lines?"
    r"|icebreakers?|comebacks?|hashtags?)\b"
    r"|\b(?:yes or no|true or false|multiple[- ]choice|fill in|plural of|past tense of|part of speech"
    r"|alphabetical|pronounce\w*|(?:just|only) (?:the|give|tell|answer|one|say|return|output|print)"
    r"|no explanation|how do (?:you|i|we) (?:say|spell|write)|rhymes? with|one-line|rhyme)\b|_{2,}",
    re.IGNORECASE | re.DOTALL,
)
_WORK = (
    r"(?:itinerar\w+|schedule|timetable|routine|essay|article|blog|report|speech|story"
    r"|recipe|script(?! to)|scene|guide|dialogue|plan|curriculum|syllabus|tutorial|budget|proposal"
    r"|cover letter|checklist|strategy|menu|monologue|eulogy|press release|newsletter|agenda|rubric"
    r"|workshop|packing list|lesson|interview questions|(?:table|list|set) (?:of|with(?: at least)?) (?:six|eight|ten|\d\d|twelve"
    r"|fifteen|twenty)|overview|comparison|programme|program for|calendar|challenge|exercises)\b"
)
_WORK_ASKED = re.compile(
    MAKE
    + rf".{{0,60}}?\b{_WORK}|^\W*(?:an? )?(?:[\w-]+ ){{0,4}}?{_WORK} (?:for|of|to|about|on|with|that)\b"
    r"|\bplan (?:me |a |an |the |my |our |for |it |two |three |\d)|^\W*(?:outline|plan)\b"
    r"|\b(?:step[- ]by[- ]step|in detail|detailed|thorough\w*|comprehensive|in[- ]depth|walk me through"
    r"|structured (?:overview|answer|summary))\b",
    re.IGNORECASE | re.DOTALL,
)
_NOTE_ASKED = re.compile(
    MAKE
    + r".{0,80}?\b(?:e-?mails?|mails?|letter|message|toast|paragraph|notes?|memo|review|announcement|post"
    r"|reply|invitation|description|bio|pitch|statement|advert\w*|summary|complaint|apology"
    r"|thank-you|response to)\b",
    re.IGNORECASE | re.DOTALL,
)
_SHORT = re.compile(
    r"\b(?:short|brief(?:ly)?|concise(?:ly)?|quick(?:ly)?|tl;?dr|succinct(?:ly)?|in a nutshell"
    r"|tiny|mini|summar(?:y|ies|i[sz]e\w*))\b",
    re.IGNORECASE,
)
_FACT = re.compile(
    r"^\W*(?:who (?:wrote|painted|invented|discovered|won|said|composed|directed|founded|built|sang"
    r"|starred|is the|was the|were the)|when (?:did|was|is|were|does)|where (?:is|was|are|did)"
    r"|which (?!is better|should)|whose|at what|in (?:which|what)|what (?:year|time|day|date|colou?r"
    r"|kind|type|number|percentage|country|city|language|\w+ speed)"
    r"|what(?:'s| is| was) (?:the (?:\w+ ){1,3}(?:of|for|in|on|between|to)\b|\d)"
    r"|how (?:many|much|long|far|old|tall|big|fast|often|heavy|hot|cold|deep|high|wide)|convert"
    r"|translate|name (?:the|an?|one|two|three|four|five|\d)|spell|define|find|solve|calculate|compute|simplify|factor|balance|round|evaluate|add|count|sort"
    r"|list (?:the )?(?:\w+ )?(?:one|two|three|four|five|\d))\b",
    re.IGNORECASE,
)
_YES_OR_NO_ASKED = re.compile(
    r"^\W*(?:is|are|was|were|do|does|did|can|could|has|have|will|would)\b", re.IGNORECASE
)
_BELIEF = re.compile(r"^\W*is it (?:true|a myth|really)\b", re.IGNORECASE)
_TERM_ASKED = re.compile(
    r"^\W*(?:what(?:'s| is| are) |define\b|who (?:is|was)\b|what (?:does|do)\b.*\b(?:mean|stand for)\W*$"
    r"|how (?:(?:do|can|would) (?:i|you|we)|to)\b(?:\W+[\w'-]+){1,6}\W*$)",
    re.IGNORECASE,
)
_SEVERAL = re.compile(
    r"\b(?:(?:and|or) (?:how|what|why|should|say|explain)|differences?|causes?|effects?|risks?|why"
    r"|consequences|benefits|pros|main|best|better|(?:dis)?advantages|impact|role|significance"
    r"|purpose|meaning of|ways|idea|history|process|stages|reasons?|explain|compare|describe)\b",
    re.IGNORECASE,
)
_QUESTION_ASKED = re.compile(
    r"\b(?:explain|describe|discuss|compare|contrast|analy[sz]e|assess|argue|justify|outline"
    r"|illustrate|interpret|critique|elaborate|examine|explore|recommend|advi[sc]e|suggest\w*"
    r"|why|differences?|caused?|causes|consequences|effects?|(?:dis)?advantages|pros|cons|benefits"
    r"|risks?|implications|mistakes|tips|options|strateg\w+|methods|ways to|both sides|arguments?"
    r"|how (?:do|does|did|can|could|should|would|might|to|come|is|are|was|were|big|much)"
    r"|what (?:exactly |really |actually )?(?:should|can|could|would|do|does|did|happens|happened|makes|made|went|if|am i|are (?:the"
    r"|some|good)|to do|else|kind|paperwork)|should (?:i|we|my|our|you|it|they|he|she)"
    r"|(?:can|may|must|could) my|is it (?:ethical|right|wrong|worth|better|ok\w*|safe|wise)"
    r"|what(?:'s| is| were| was) (?:wrong|the (?:best|right|point|purpose|idea|role|significance"
    r"|impact|difference|main|reason|case|effects?))|plan|propose|show me|teach me|help me"
    r"|tell me (?:about|how|what|which)|draw up|make a|create|develop|versus|vs\.?|summari[sz]e"
    r"|and (?:say|explain|tell|show|describe|discuss)|review my|themes?|better|worth)\b",
    re.IGNORECASE,
)
_SUM = re.compile(
    r"\b(?:find|calculate|compute|solve|evaluate|simplify|factor\w*|differentiate|integrate|balance"
    r"|convert|determine|what(?:'s| is)|how (?:much|many|long|fast|far|old|tall)|probability|chance"
    r"|average|mean|median|sum|product)\b",
    re.IGNORECASE,
)
_REASONED = re.compile(
    r"\b(?:explain|why|show (?:the|your|all|me)|step|working|tell me|say|compare|should|discuss"
    r"|how (?:do|can|should))\b",
    re.IGNORECASE,
)
# Code, a word or a whole sentence, and no title.
_SNIPPET = re.compile(r"`[^`]+`|[\"“][a-z_][^\"”]*[\"”]|[\"“][A-Z][^\s\"”]*(?: [^\s\"”]+){4,}[\"”]")
_QUOTED = re.compile(r"[\"“][^\"”]*[\"”]")
_DEMAND = re.compile(
    r"\b(?:explain|describe|show|state|include|including|say|interpret\w*|recommend|compare|check"
    r"|with (?:an?|the|two|three|one|comments|steps)|and (?:how|why|what|the|also|give|list)|each|then"
    r"|steps?|example|usage|justify|prove|derive|handling|reason\w*)\b",
    re.IGNORECASE,
)
_CREATES = re.compile(
    r"^\W*(?:write|draft|compose|prepare|create|design|plan|make me)\b", re.IGNORECASE
)
_PART = re.compile(r"(?:^|\s)\(?[a-f1-6]\)\s")
# A length of what is brought ("my 2,000-word essay") or of something added ("then one sentence").
_OTHERS_LENGTH = re.compile(
    r"\b(?:my|our|his|her|their|the first)\b[^.?!:]{0,25}$"
    r"|\b(?:and|then|plus|add|with|include)\b[^.?!:]{0,25}$",
    re.IGNORECASE,
)
_NUMERAL = re.compile(
    r"(?<![^\W\d])\d+(?:[.,]\d+)*|\b(?:two|three|four|five|six|ten)\b", re.IGNORECASE
)
_POLITE = re.compile(
    r"^\W*(?:(?:please|hi|hello|hey|kindly|(?:can|could|would|will) you(?: please)?"
    r"|i (?:want|need|would like|'d like) you to)\b\W*)+",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")


def least_words(instruction: str) -> int:
    """Return the number of words under which a response cannot do what is asked; 0 if unknown.

    A rule of thumb from the kind of thing asked for; a length that the instruction names goes
    first. A haiku, a sum and a question about one fact may be answered in a word.
    """
    asked = _POLITE.sub("", instruction.strip())
    named = named_least(asked)
    if named is not None:
        return named
    if _TINY.search(asked):
        return 0
    creates = bool(_CREATES.search(asked))
    if asks_for_transformation(asked) and not creates:
        return _QUESTION if _REASONED.search(_QUOTED.sub("…", asked)) else 0
    if (parts := len(_PART.findall(asked))) > 1:
        return _PER_PART * parts
    shortened = _SHORTENED if _SHORT.search(asked) else 1.0
    least = round(shortened * _least_of_kind(asked))
    # It may all be in the lines below.
    return min(least, _TERM) if "\n" in asked and not creates else least


def asked_for(instruction: str) -> dict[str, float]:
    """Return how much an instruction asks for, as quantities: kinds of things, demands, lengths."""
    asked = _POLITE.sub("", instruction.strip())
    least = least_words(instruction)
    kinds = {
        "work": _WORK_ASKED, "note": _NOTE_ASKED, "question": _QUESTION_ASKED, "tiny": _TINY,
        "reasoned": _REASONED, "sum": _SUM, "creates": _CREATES,
    }  # fmt: skip
    return {name: float(bool(kind.search(asked))) for name, kind in kinds.items()} | {
        "least": math.log1p(least),
        "no least": float(least == 0),
        "demands": float(len(_DEMAND.findall(instruction))),
        "length": math.log1p(len(instruction.split())),
        "questions": float(instruction.count("?")),
        "numbers": math.log1p(len(_NUMERAL.findall(asked))),
        "transforms": float(asks_for_transformation(asked)),
    }


def _least_of_kind(asked: str) -> int:
    if len(_NUMERAL.findall(asked)) > 1 and _SUM.search(asked):
        return _QUESTION if _REASONED.search(asked) else 0
    if _NOTE_ASKED.search(asked):
        return _NOTE
    if _WORK_ASKED.search(asked):
        return _PIECE
    words = len(_WORD.findall(asked))
    is_aside = words < _ASIDE
    has_several = bool(_SEVERAL.search(asked)) or asked.count("?") > 1
    is_plain = not has_several and not _QUESTION_ASKED.search(asked)
    if is_plain and (words <= _ELLIPSIS or (words < _LONG_FACT and _FACT.search(asked))):
        return 0
    if is_plain and is_aside and (_SNIPPET.search(asked) or len(_NUMERAL.findall(asked)) > 1):
        return 0
    if words < _LONG_FACT and _BELIEF.search(asked):
        return _YES_OR_NO
    if is_aside and not has_several:
        if _FACT.search(asked):
            return 0
        if _TERM_ASKED.search(asked):
            return _TERM
        if _YES_OR_NO_ASKED.search(asked):
            return 0 if brings_text(asked) else _YES_OR_NO
    if _QUESTION_ASKED.search(asked):
        if _SNIPPET.search(asked):
            return _TERM if is_aside else _QUESTION
        return _QUESTION if is_aside else _SITUATION
    if brings_text(asked) and not _CREATES.search(asked) and (is_aside or "?" not in asked):
        return 0
    return _TERM if is_aside else _OTHER


def named_least(asked: str) -> int | None:
    """Return a share of the greatest length that an instruction names; None if it names none."""
    least = None
    for match in _NAMED.finditer(asked):
        number, unit, minutes, single = match.groups()
        before = asked[: match.start()]
        if _OTHERS_LENGTH.search(before) or _is_told_of(before, asked):
            continue
        if minutes:
            words = _number(minutes) * _WORDS_A_MINUTE
        else:
            words = _number(number or "one") * _WORDS_OF[(unit or single).lower()]
        least = max(least or 0, round(_SHARE * words))
    return least


def _is_told_of(before: str, asked: str) -> bool:
    """Return whether a length is something that a question about an amount tells of."""
    if not _AMOUNT_ASKED.search(asked):
        return False
    sentence = _SENTENCE_END.split(before)[-1]
    return not (_IN_SO_MANY.search(sentence) or _IMPERATIVE.match(sentence))


def _number(text: str) -> int:
    small = _SMALL.get(text.lower())
    return int(text.replace(",", "")) if small is None else small
