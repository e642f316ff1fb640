"""What does an instruction ask for: how much, whose words, an edit of some text?"""

import re

_LEAST_OPEN = 48  # words of an answer to an open question
_LEAST_WORK = 80  # of a plan, an essay, a recipe, and of all that has several parts
_LEAST_SHORT_WORK = 45  # of a letter, a message, a paragraph
_SHORTENED = 0.5  # what is asked for in short may be half as long
_SHARE = 0.4  # of a length that the instruction names
_LONG_INSTRUCTION = 25  # words that tell of several demands

_SMALL = {
    word: number
    for number, word in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve".split()
    )
} | {"a": 1, "an": 1, "single": 1, "fifteen": 15, "twenty": 20, "thirty": 30}
_NUMBER = rf"\d[\d,]*|{'|'.join(_SMALL)}"
_WORDS_OF = {"word": 1, "sentence": 8, "line": 4, "paragraph": 30, "bullet": 6, "point": 6}
_WORDS_OF |= {"page": 200, "minute": 100, "verse": 15, "stanza": 15, "item": 2, "tweet": 5}
_NAMED_LENGTH = re.compile(
    rf"\b({_NUMBER})[ -](?:\w+[ -])?({'|'.join(_WORDS_OF)})(?:s|es)?\b", re.IGNORECASE
)
_AT_MOST = re.compile(
    r"\b(?:at most|no more than|not more than|up to|under|below|fewer than|less than|within"
    r"|maximum|max\.?|or less|or fewer)\b",
    re.IGNORECASE,
)
_TINY = re.compile(
    r"\b(?:haikus?|limericks?|couplets?|slogans?|taglines?|titles?|headlines?|tweets?|captions?"
    r"|one-liners?|jokes?|riddles?|proverbs?|puns?|mottos?|synonyms?|antonyms?|acronyms?|names?"
    r"|one word|single word|yes or no|true or false|multiple[- ]choice|fill in|briefly|one sentence"
    r"|(?:just|only) (?:the|give|tell|answer|a|one|say|return|output|print)|no explanation|classify"
    r"|hashtags?|poems?|quatrains?|subject lines?|regex(?:es|p)?|one-line|sentiment|spell)\b",
    re.IGNORECASE,
)
_SHORT = re.compile(
    r"\b(?:(?:very |really )?short|brief|concise|quick(?:ly)?|in short|tl;?dr|succinct(?:ly)?"
    r"|in a nutshell|summar\w+|tiny|mini)\b",
    re.IGNORECASE,
)
_WORK = re.compile(
    r"\b(?:itinerar\w+|schedule|timetable|essay|article|blog|report|speech|story|recipe|script"
    r"|dialogue|(?:test|lesson|meal|business|study|training|workout|marketing|project|action|travel"
    r"|care|onboarding) plan|plan (?:me |a |an |the |my |our |for |three |two |\d)|curriculum"
    r"|syllabus|guide|tutorial|budget|proposal|cover letter|checklist|step[- ]by[- ]step"
    r"|in detail|detailed|thorough\w*|structured|comprehensive|in[- ]depth|walk me through"
    r"|(?:table|list|set) of (?:ten|\d\d|twelve|fifteen|twenty)|interview questions|essay"
    r"|programme|monologue|eulogy|press release|newsletter|policy|agenda|rubric|workshop)\b",
    re.IGNORECASE,
)
_SHORT_WORK = re.compile(
    r"\b(?:write|draft|compose|prepare|give me|help me (?:write|draft))\b.{0,60}\b(?:e-?mails?"
    r"|letter|message|toast|paragraph|note|memo|review|announcement|post|reply|notice|invitation"
    r"|description|bio|pitch|statement|advert\w*|summary)\b",
    re.IGNORECASE | re.DOTALL,
)
_OPEN = re.compile(
    r"\b(?:explain|describe|discuss|compare|contrast|analy[sz]e|evaluate|assess|argue|justify"
    r"|outline|illustrate|interpret|critique|elaborate|examine|explore|recommend|advise|suggest"
    r"|why|difference|differences|causes|consequences|effects|advantages|disadvantages|pros and"
    r" cons|benefits|risks|implications|mistakes|tips|advice|options|strategies|methods|ways to"
    r"|how (?:do|does|did|can|could|should|would|might|to|come|is|are|was|were)"
    r"|what (?:should|can|could|would|do|does|did|happens|happened|makes|made|went|if)"
    r"|(?:should|can|may|must) (?:i|we|my|our|you)|is it (?:ethical|right|wrong|worth|better|ok\w*"
    r"|safe|possible|wise)|what(?:'s| is) (?:wrong|the (?:best|right|point|purpose|idea|role"
    r"|significance|meaning|deal|case))|plan|design|show me|teach me|help me|tell me about|draw up"
    r"|make a|create|develop|give me|set up|and what|and how|versus|vs\.?|or should)\b",
    re.IGNORECASE,
)
_CALCULATION = re.compile(
    r"\b(?:find|calculate|compute|solve|evaluate|simplify|factor\w*|differentiate|integrate|balance"
    r"|convert|determine|what is|how (?:much|many|long|fast|far|old|tall|big)|probability|chance"
    r"|mean or median|sum|product)\b",
    re.IGNORECASE,
)
_WORKING = re.compile(
    r"\b(?:explain|show (?:the|your|all|me the)|step|working|why|tell me|compare|should|plan)\b",
    re.IGNORECASE,
)
_EDIT = re.compile(
    r"\b(?:re-?writ|re-?word|re-?phras|revis|re-?draft|re-?work|re-?format|edit|improv|shorten"
    r"|condens|polish|proofread|correct|fix|clean up|tidy|tighten|paraphras|simplif|expand)\w*\s+"
    r"(?:up )?(?:this|these|that|the following|the (?:\w+ ){0,2}(?:text|sentence|paragraph|email"
    r"|letter|passage|draft|below)|my|it|our|following|below|grammar|errors?)\b"
    r"|\bmake (?:this|it|these|my|the following)\b.{0,60}\b(?:er|more|less|short\w*|concise|clear\w*"
    r"|better|formal|polite)\b",
    re.IGNORECASE | re.DOTALL,
)
_PERSONA = re.compile(
    r"\b(?:e-?mails?|mails?|letters?|messages?|posts?|posting|invit\w+|announce\w*|notices?|memos?"
    r"|reply|newsletter|note to|speech|toast|adverts?|ads?|scripts?|story|stories|dialogues?"
    r"|monologue|play|scene|poems?|song|lyrics|diary|haikus?|limericks?|roleplay|role-play|pretend"
    r"|eulogy|cover letter|conversation|interview|sonnets?|fiction|novel|chat|testimonial|tweet"
    r"|caption|bio|wording|greeting|card)\b",
    re.IGNORECASE,
)
_NUMERAL = re.compile(r"\d")
_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")


def least_words(instruction: str) -> int:
    """Return the number of words under which a response cannot do what is asked; 0 if unknown.

    A rule of thumb from the kind of thing asked for; a length that the instruction names goes
    first. A haiku, a sum and a closed question may be answered in a word.
    """
    named = _named_least(instruction)
    if named is not None:
        return named
    if _TINY.search(instruction):
        return 0
    is_sum = len(_NUMERAL.findall(instruction)) > 1 and _CALCULATION.search(instruction)
    if is_sum and not _WORKING.search(instruction):
        return 0
    shortened = _SHORTENED if _SHORT.search(instruction) else 1.0
    if _SHORT_WORK.search(instruction):
        return round(_LEAST_SHORT_WORK * max(shortened, 0.7))
    if _WORK.search(instruction):
        return round(_LEAST_WORK * shortened)
    if _OPEN.search(instruction):
        return round(_LEAST_OPEN * shortened)
    return 0


def asks_for_edit(instruction: str) -> bool:
    """Return whether the instruction brings a text to be rewritten, corrected or shortened."""
    return bool(_EDIT.search(instruction))


def asks_for_persona(instruction: str) -> bool:
    """Return whether the response speaks as somebody: a letter, a story, a speech, a dialogue."""
    return bool(_PERSONA.search(instruction))


def _named_least(instruction: str) -> int | None:
    found = [
        (match.start(), _number(match[1]) * _WORDS_OF[match[2].lower()])
        for match in _NAMED_LENGTH.finditer(instruction)
    ]
    if not found:
        return None
    if any(_AT_MOST.search(instruction[max(0, start - 25) : start]) for start, _ in found):
        return 0
    return round(_SHARE * max(words for _, words in found))


def _number(text: str) -> int:
    return _SMALL.get(text.lower()) or int(text.replace(",", "") or 0)
