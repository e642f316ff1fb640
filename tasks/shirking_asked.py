"""What does an instruction ask for: how many words at least, an edit, somebody else's voice?"""

import re
from functools import lru_cache

_SHARE = 0.4  # of a length that the instruction names
_SHORTENED = 0.5  # what is asked for in short may be half as long
_ASIDE = 12  # words of a question that stands alone, without a situation told around it

# Words under which the thing cannot be done, whoever writes it.
_WORK, _SITUATION, _QUESTION, _NOTE, _OTHER, _ASIDE_LEAST = 110, 72, 42, 42, 36, 20

_NUMBERS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen"
)
_SMALL = {word: number for number, word in enumerate(_NUMBERS.split())}
_SMALL |= {"a": 1, "an": 1, "single": 1, "twenty": 20, "thirty": 30, "fifty": 50, "hundred": 100}
_WORDS_OF = {"word": 1, "sentence": 8, "line": 4, "paragraph": 30, "bullet": 6, "page": 200}
_WORDS_OF |= {"verse": 12, "stanza": 12, "liner": 4}
_NAMED = re.compile(
    rf"\b(\d[\d,]*|{'|'.join(_SMALL)})[ -](?:\w+[ -])?({'|'.join(_WORDS_OF)})(?:s|es)?\b"
    rf"|\b(\d+|{'|'.join(_SMALL)})-minute (?:speech|talk|presentation|toast|pitch|monologue)",
    re.IGNORECASE,
)
_WORDS_A_MINUTE = 100
_AT_MOST = re.compile(
    r"\b(?:at most|no more than|not more than|up to|under|below|fewer than|less than|within"
    r"|maximum|max\.?)\W+(?:\w+\W+)?$",
    re.IGNORECASE,
)

_TINY = re.compile(
    r"\b(?:haikus?|limericks?|couplets?|slogans?|tag ?lines?|titles?|headlines?|tweets?|captions?"
    r"|jokes?|riddles?|proverbs?|puns?|mottos?|synonyms?|antonyms?|acronyms?|names?|poems?"
    r"|quatrains?|hashtags?|mnemonics?|palindromes?|passwords?|emojis?|fun facts?|quotes?|subject lines?|regex(?:es|p)?|one-line|yes or no|true or false"
    r"|multiple[- ]choice|fill in|classify|sentiment|spell|rhymes?|anagrams?|plural|past tense"
    r"|alphabetical|(?:text message|sms|out-of-office|wish|greeting)s?|pronounce\w*|wordplay"
    r"|(?:just|only) (?:the|give|tell|answer|a|one|say|return|output|print)|no explanation)\b"
    r"|\bhow do (?:you|i) say\b|_{2,}|\[blank\]|[\"“'`][^\"”'`]+[\"”'`] mean",
    re.IGNORECASE,
)
_FACT = re.compile(
    r"^\W*(?:who|when|where|which|whose|at what|in (?:which|what)|what (?:year|time|day|date|colou?r"
    r"|kind|type|number|percentage|country|city|language|\w+ speed)|what(?:'s| is| was) (?:the|\d)"
    r"|how (?:many|much|long|far|old|tall|big|fast|often|heavy|hot|cold|deep|high|wide)|convert"
    r"|translate|name|find|solve|calculate|compute|simplify|factor|balance|round|evaluate|add|count"
    r"|sort|list (?:\w+ )?(?:one|two|three|four|five|\d)|give me (?:an?|one|two|three) \w+\W*$)\b",
    re.IGNORECASE,
)
_SEVERAL = re.compile(
    r"\b(?:(?:and|or) (?:how|what|why|should|say|explain)|differences?|causes?|effects?|risks?"
    r"|consequences|benefits|pros|main|best|(?:dis)?advantages|impact|role|significance|purpose"
    r"|meaning of|ways?|idea|story|history|process|stages|reasons?)\b",
    re.IGNORECASE,
)
_TERM_ASKED = re.compile(r"^\W*(?:what(?:'s| is| are)|define)\b", re.IGNORECASE)
_STEP_ASKED = re.compile(
    r"^\W*(?:how (?:(?:do|can|would) (?:i|you|we)|to)\b(?:\W+[\w'-]+){1,6}\W*$"
    r"|what(?:'s| is) the (?:command|way)\b)|^what (?:does|do)\b.*\b(?:mean|stand for)\W*$",
    re.IGNORECASE,
)
_POLITE = re.compile(
    r"^\W*(?:(?:please|hi|hello|hey|kindly|(?:can|could|would|will) you(?: please)?"
    r"|i (?:want|need|would like|'d like) you to)\b\W*)+",
    re.IGNORECASE,
)
_SHORT = re.compile(
    r"\b(?:short|brief(?:ly)?|concise(?:ly)?|quick(?:ly)?|tl;?dr|succinct(?:ly)?|in a nutshell"
    r"|tiny|mini|summar(?:y|ies|i[sz]e\w*))\b",
    re.IGNORECASE,
)
_WORK_ASKED = re.compile(
    r"\b(?:itinerar\w+|schedule|timetable|routine|essay|article|blog|report|speech|story|recipe"
    r"|(?:write|give me|draft|need) (?:me )?an? (?:\w+ ){0,2}(?:script|scene|guide|review|plan)"
    r"|dialogue|(?:test|lesson|meal|menu|business|study|training|workout|project|action|travel|care"
    r"|onboarding|learning|week|month|day) plan|plan (?:me |a |an |the |my |our |for |it )|curriculum"
    r"|syllabus|tutorial|budget|proposal|cover letter|checklist|step[- ]by[- ]step|in detail"
    r"|detailed|thorough\w*|structured|comprehensive|in[- ]depth|walk me through|strategy|menu"
    r"|(?:table|list|set) of (?:ten|\d\d|twelve|fifteen|twenty)|interview questions|outline"
    r"|monologue|eulogy|press release|newsletter|agenda|rubric|workshop|packing list|lesson)\b",
    re.IGNORECASE,
)
_NOTE_ASKED = re.compile(
    r"\b(?:write|draft|compose|prepare|give me|help me (?:write|draft|with))\b.{0,80}\b(?:e-?mails?"
    r"|letter|message|toast|paragraph|note|memo|review|announcement|post|reply|notice|invitation"
    r"|description|bio|pitch|statement|advert\w*|summary|complaint|apology|thank-you)\b",
    re.IGNORECASE | re.DOTALL,
)
_QUESTION_ASKED = re.compile(
    r"\b(?:explain|describe|discuss|compare|contrast|analy[sz]e|assess|argue|justify|outline"
    r"|illustrate|interpret|critique|elaborate|examine|explore|recommend|advi[sc]e|suggest\w*"
    r"|why|differences?|caused?|causes|consequences|effects?|(?:dis)?advantages|pros|cons|benefits"
    r"|risks?|implications|mistakes|tips|options|strateg\w+|methods|ways to|both sides|arguments?"
    r"|how (?:do|does|did|can|could|should|would|might|to|come|is|are|was|were|big|much)"
    r"|what (?:should|can|could|would|do|does|did|happens|happened|makes|made|went|if|am i|are (?:the"
    r"|some|good)|to do|else|kind|paperwork)|should (?:i|we|my|our|you|it|they|he|she)"
    r"|(?:can|may|must|could) my|is it (?:ethical|right|wrong|worth|better|ok\w*|safe|wise)"
    r"|what(?:'s| is| were| was) (?:wrong|the (?:best|right|point|purpose|idea|role|significance"
    r"|impact|difference|main|reason|case|effects?))|plan|propose|show me|teach me|help me"
    r"|tell me (?:about|how|what|which)|draw up|make a|create|develop|versus|vs\.?"
    r"|and (?:say|explain|tell|show|describe|discuss)|review my|themes?)\b",
    re.IGNORECASE,
)
_WORKING = re.compile(
    r"\b(?:explain|step|working|why|tell me|compare|should|plan|budget|discuss)\b", re.IGNORECASE
)
_EDIT = re.compile(
    r"\b(?:re-?writ|re-?word|re-?phras|re-?draft|paraphras|proofread|shorten|condens|tighten|polish"
    r"|re-?format|refactor|optimi[sz])\w*\b"
    r"|\b(?:revis|re-?work|edit|improv|correct|fix|clean|tidy|simplif|expand|chang|turn"
    r"|transform|adapt|cut|trim)\w*\s+(?:up |into |the |down )?(?:this"
    r"|these|that|following|(?:\w+ ){0,2}(?:text|sentences?|paragraphs?|e-?mail|letter|passage|draft"
    r"|below|answer|response|bullets?|summary|code|function|query|script|grammar|spelling|wording)"
    r"|my (?:\w+ ){0,2}(?:text|line|hook|slogan|headline|thesis|statement|caption|profile|pitch|post|writing|essay|letter|draft|e-?mail|intro\w*|code|cv|resume|sentence"
    r"|paragraph|bio|abstract)|it\b|our (?:text|copy)|below|errors?|mistakes?|[\"“':])"
    r"|\b(?:improved?|better|shorter|revised|clearer|cleaner|simpler|corrected|formal|polite|concise"
    r"|updated|second) (?:version|draft|wording|phrasing)\b|\bversion of (?:this|my|the following)\b"
    r"|\bmake (?:this|it|these|my|the following)\b.{0,60}\b(?:\w+er|more|less|concise|clear|better"
    r"|formal|polite|sound|flow)\b|\bsounds? (?:more|less|too|better)\b"
    r"|\b(?:how would you|a better way to) (?:word|phrase|say|put|write)\b",
    re.IGNORECASE | re.DOTALL,
)
_TRANSFORMED = re.compile(
    r"\b(?:summari[sz]|translat|convert|check|classif|extract)\w*\b", re.IGNORECASE
)
_QUOTED = re.compile(r"`[^`]+`|[\"“][a-z_][^\"”]*[\"”]")  # a snippet or a word, and no title
_TEXT_BROUGHT = re.compile(r"[\"“'][^\"”']{8,}|:\s*\S|\n")
_VOICE = re.compile(
    r"\b(?:e-?mails?|letters?|messages?|invitations?|announce\w*|notices?|memos?|reply|replies"
    r"|newsletter|note to|speech|toast|adverts?|ads?|scripts?|story|stories|dialogues?|monologue"
    r"|scene|poems?|(?:write|compose)\b.{0,30}\b(?:songs?|lyrics)|diary|role-?play|pretend|eulogy|conversation|sonnets?|fiction"
    r"|novel|chat|testimonial|tweets?|captions?|bio|wording|greeting|blog|posts?|reviews?|complaint"
    r"|apology|statement|act as|imagine you|persona|prayer|vows?|pitch|interview|wish(?:es)?)\b",
    re.IGNORECASE,
)
_SUM = re.compile(
    r"\b(?:find|calculate|compute|solve|evaluate|simplify|factor\w*|differentiate|integrate|balance"
    r"|convert|determine|what(?:'s| is)|how (?:much|many|long|fast|far|old|tall|big)|probability"
    r"|chance|average|mean|median|sum|product)\b",
    re.IGNORECASE,
)
_NUMERAL = re.compile(r"\d+(?:[.,]\d+)*")
_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")


def least_words(instruction: str) -> int:
    """Return the number of words under which a response cannot do what is asked; 0 if unknown.

    A rule of thumb from the kind of thing asked for; a length that the instruction names goes
    first. A haiku, a sum and a question about one fact may be answered in a word.
    """
    instruction = _POLITE.sub("", instruction.strip())
    named = _named_least(instruction)
    if named is not None:
        return named
    if _TINY.search(instruction) or _brings_text(instruction):
        return 0
    is_aside = len(_WORD.findall(instruction)) < _ASIDE
    has_reasons = bool(_WORKING.search(instruction))
    is_sum = len(_NUMERAL.findall(instruction)) > 1 and _SUM.search(instruction)
    shortened = _SHORTENED if _SHORT.search(instruction) else 1.0
    if is_sum and not has_reasons:
        return 0
    if _NOTE_ASKED.search(instruction):
        return round(_NOTE * shortened)
    if _WORK_ASKED.search(instruction):
        return round(_WORK * shortened)
    if is_aside and not has_reasons and (least := _least_of_aside(instruction)) is not None:
        return least
    if _QUESTION_ASKED.search(instruction) and not (is_aside and _QUOTED.search(instruction)):
        return round((_QUESTION if is_aside else _SITUATION) * shortened)
    if _TEXT_BROUGHT.search(instruction):
        return 0
    return round((_ASIDE_LEAST if is_aside else _OTHER) * shortened)


def _least_of_aside(asked: str) -> int | None:
    """Return the least words for a short question, or None if it asks for more than a fact."""
    if _SEVERAL.search(asked):
        return None
    if _TERM_ASKED.search(asked) and not _FACT.search(asked):
        return _ASIDE_LEAST
    if _STEP_ASKED.search(asked):
        return _ASIDE_LEAST
    return 0 if _FACT.search(asked) else None


@lru_cache(maxsize=16)  # several checks in a row look at the same text
def asks_for_edit(instruction: str) -> bool:
    """Return whether the instruction brings a text to be rewritten, corrected or shortened."""
    return bool(_EDIT.search(instruction))


def _brings_text(instruction: str) -> bool:
    """Return whether the text to be edited is at hand, so that the answer may be as short."""
    changes = asks_for_edit(instruction) or _TRANSFORMED.search(instruction)
    return bool(changes) and bool(_TEXT_BROUGHT.search(instruction))


@lru_cache(maxsize=16)  # several checks in a row look at the same text
def asks_for_voice(instruction: str) -> bool:
    """Return whether the response speaks as somebody: in a letter, a story, a speech, a scene."""
    return bool(_VOICE.search(instruction))


def _named_least(instruction: str) -> int | None:
    """Return a share of the length that the instruction names; 0 if that is the most allowed."""
    least = None
    for match in _NAMED.finditer(instruction):
        if _AT_MOST.search(instruction[: match.start()]):
            return 0
        if match[3]:
            words = _number(match[3]) * _WORDS_A_MINUTE
        else:
            words = _number(match[1]) * _WORDS_OF[match[2].lower()]
        least = max(least or 0, round(_SHARE * words))
    return least


def _number(text: str) -> int:
    small = _SMALL.get(text.lower())
    return int(text.replace(",", "")) if small is None else small
