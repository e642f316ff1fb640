"""Does a response talk about the task, the answer and its writer in place of the subject?"""

import re

from gleanery.tasks.shirking_asked import asks_for_voice
from gleanery.tasks.shirking_prose import BEGINS, any_of, around_piece, plain_prose, sentences

_FEWEST = 3  # sentences of talk; a greeting and a farewell alone are other reasons
_LEAST_SHARE = 0.2  # of all sentences
_FEWEST_DENSE, _DENSE_SHARE = 2, 0.5  # of a short text
_FEWEST_AROUND = 2  # before and after a letter or a poem, whose writer may well thank and promise

_ASK = (
    "(?:questions?|requests?|prompts?|quer(?:y|ies)|instructions?|tasks?|inquir(?:y|ies)|enquiry)"
)
_TEXT = (
    "(?:answers?|responses?|repl(?:y|ies)|explanations?|overview|summary|structure|approach|list"
    "|draft|version|template|outline|message|text|output|essay|poem|letter|table|story|e-?mail"
    "|dialogue|haiku|limerick|sonnet|piece"
    "|paragraph|toast|speech|plan|analysis|comparison|guide|example|format|review|recipe)"
)
_PIECE = (
    "(?:answer|response|reply|explanation|overview|summary|essay|poem|letter|story|dialogue|haiku"
    "|limerick|sonnet|piece|speech|toast|analysis|comparison)"
)
_ACT = (
    "(?:answer|address|explain|provid|present|list|includ|structur|organi[sz]|break|walk|cover"
    "|select|limit|tailor|rephras|expand|elaborat|generat|creat|adapt|adjust|updat|offer|split"
    "|divid|outlin|summari[sz]|describ|discuss|clarif|illustrat|demonstrat|focus|highlight|ensur"
    "|aim|try|tried|attempt|striv|mak(?:e|ing) sure|made sure|keep|kept|avoid|us(?:e|ing)|write"
    "|wrote|written|go(?:ing)? (?:with|through|for|over|to)|start|begin|respect|do my best|help"
    "|assist|choose|chose|choos|decid|consider|balanc|interpret|assum|refrain|mention|think|look"
    "|take|give|gave|add|leave|left|draft|compil|prepar|put together|simplif|phras|format|deliver|open|end|clos|convey|build|emphasi[sz]|compar|lead|touch|weav|strike|captur|opt"
    "|stick|settle|pick|bear"
    "|show|share|not )"
)
_OF_TASK = (
    # the asker: "as you requested", "your question", "the user wants"
    r"\b(?:as|like|since|because|which|that|what|the \w+|have|if|given that|whether) you (?:have )?"
    r"(?:\w+ly )?(?:asked|requested|specified|mentioned|provided|wanted|instructed|posed|supplied"
    r"|described|indicated|stated|are asking|(?:are|were) looking for|had in mind|need)\b",
    r"^you (?:have |had )?(?:\w+ly )?(?:asked|requested|want|wanted|would like|specified|supplied"
    r"|are asking|mentioned) (?:me|for|to|an?|two|three|about|how|what|why|whether|that|the)\b",
    rf"\b(?:your|this|the|an?) (?:\w+ ){{0,3}}{_ASK} (?:asks?|is asking|wants?|has|contains?|is"
    r" (?:about|open|one|clear|quite|best|whether|how)|calls? for|seems?|mentions?|suggests?|raises?"
    r"|implies|signals?|consists?|explicitly|concerns?|requires?|touch\w*|specif\w+|involves?)\b",
    rf"\byour (?:(?!pull|feature|leave)\w+ ){{0,2}}(?:{_ASK}|expectations|feedback|intent)\b",
    rf"\b(?:as|per|in response to|to address|in answering|to answer|answering|responding to"
    rf"|(?:respond|reply) to) (?:requested|specified|instructed|asked|(?:your|the|this|a)"
    rf" (?:\w+ )?{_ASK})\b",
    r"\bthe (?:user|asker|requester|person asking|questioner) (?:wants?|asks?|asked|is asking|would"
    r" like|mentions?|specif\w+|request\w*|said|says|seems?|needs?|provided|has asked|expects?"
    r"|might|is looking|did not)\b|\bthe (?:prompt|instruction)\b",
    rf"\bbeen (?:asked|requested|instructed) to\b|^(?:okay|ok|alright|so|right),? (?:so )?(?:the|this)"
    rf" {_ASK}\b",
    # the answer: "this response will", "my approach", "a complete answer must"
    rf"\b(?:this|my|the) {_PIECE} (?:would|should|could|might|must|needs? to)\b",
    rf"\b(?:this|my|the|the above|the following|in this) {_TEXT}"
    r" (?:will|aims?|is (?:meant|intended|designed|structured|organi[sz]ed|kept|based"
    r"|simplified|divided|not meant|general)|does not (?:seek|take|aim)|seeks?|covers?|is going to"
    r"|acknowledges|addresses|provides|includes|highlights|captures|reflects|strikes|opens"
    r"|attempts?|tries|focuses|begins|follows|balances|corresponds?|has been|can be (?:adapted"
    r"|adjusted|customi[sz]ed|expanded|modified)|i (?:have|gave|wrote|provided|will))\b",
    r"\bmy (?:\w+ )?(?:answer|response|reply|explanation|approach|goal|intention|aim|reasoning"
    r"|limitations|understanding of your|thought process)\b",
    r"\b(?:complete|good|strong|full|helpful|weaker|better|best|useful|balanced|solid|ideal|thorough)"
    r" (?:answer|response|reply) (?:must|should|would|will|needs|is|has|to (?:this|your|the))\b",
    r"\b(?:first|second|third|next|finally|then),? (?:it|i|we) will (?:outline|present|turn|discuss"
    r"|look|bring|explain|cover|address|explore|describe|examine|provide)\b",
    r"\b(?:in (?:this|the following) (?:article|guide|post|answer|response|section|overview|tutorial)"
    r"|we will (?:explore|cover|look at|discuss|dive|examine|go over|walk|delve))\b",
    r"\b(?:i|we) (?:first )?need to (?:figure out|answer|consider|address|understand what)\b"
    r"|^(?:hmm|wait)\b|\b(?:best|good) way to (?:answer|respond|approach this)\b",
    r"^(?:the )?(?:tone|language|register|audience|format|length) (?:should|will|is|has|must) ",
    r"\bas an? (?:ai|(?:large )?language model|text-based|virtual|digital)\b|\bmy training\b",
)
_OF_WRITER = (
    rf"\bi (?:will|would|can|could|shall|should|am going to|have|tried to|want to|wanted to|chose to"
    rf"|need to|must|might|decided to)(?: \w+){{0,3}}? {_ACT}\w*\b.{{0,80}}\b(?:you|your|{_TEXT}"
    rf"|{_ASK}|tone|step by step|examples?|parts?|details?|bullets?|format|sections?|lines?|words?"
    r"|reader|rhyme|rows?)\b",
    rf"^i (?:am |was )?(?:\w+ly )?(?:will|would|going to|shall|have|can|could|should|want|wanted"
    rf"|chose|went|tried|might|aimed|opted|decided|included|kept|worked|picked|selected|refrained"
    rf"|do not|did|used|considered|structured|focused|assumed|left|limited|need|must)\b"
    rf"(?: \w+){{0,4}}? {_ACT}",
    r"\b(?:as you can see|without further ado|here (?:goes|we go)|there you (?:go|have it))\b",
    r"\b(?:let me|let us|allow me to) (?:start|begin|first|think|see|tackle|break|do my|clarify|explain|walk"
    r"|answer|address|try|dive|help|unpack|outline|give you|provide|summari[sz]e)\b",
    r"^(?:here is|here are|below (?:is|are|you|i)|the following is) .{0,60}\b(?:you (?:asked|can|may"
    r"|requested|wanted|need)|i (?:came|put|have|would|suggest)|for you)\b",
    r"\b(?:in|with) (?:this|that) in mind\b|\bbefore (?:we|i|answering|diving|getting) \b.{0,40}"
    r"\b(?:begin|start|answer\w*|dive|proceed|first|would like)\b|\bin the interest of\b",
    r"\b(?:great|good|excellent|wonderful|fantastic|interesting|fun|fascinating|lovely|important"
    r"|brilliant|thoughtful)(?: \w+)? (?:question|request|task|prompt|topic|choice)\b.{0,3}(?:!|$)",
    r"\b(?:happy|glad|delighted|excited|thrilled|pleased|eager|honou?red|here|love) to (?:help|assist"
    r"|answer|support|provide|share|create|write|work|expand|elaborate|adjust|do (?:that|so|this)"
    r"|clarify|go|explain|offer|discuss)\b|\bi am here (?:to|for|with)\b|\bi am all ears\b",
    r"\b(?:i|we) (?:really |sincerely |truly |do |very much )?(?:hope|trust|believe|feel) (?:that )?"
    r"(?:you (?:enjoy|find|like|will)|this|my|these|it (?:helps|meets|was|is)|the above)\b",
    r"\b(?:let me know|feel free|do not hesitate|just (?:say|tell|ask|let|mention|type|share)"
    r"|simply (?:say|tell|ask|mention|let)|do tell me|tell me (?:what|which|more|if|whether|your|how"
    r"|about)|reach out|say the word|happy to)\b",
    r"\b(?:would|do|should|shall|was|is|did|does|can|could|which|what|how|are|ready) (?:you|i|this"
    r"|that|one|we)\b.{0,90}\b(?:like|want|prefer|prepare|continue|proceed|looking for|help|ready"
    r"|expand|explore|mind|next|another|assist)\b.{0,60}\?",
    r"\bif (?:you|there|i|it|so|any)\b.{0,80}\bi (?:will|can|could|would|shall|am)\b",
    r"\bi (?:can|could|would|will|may) (?:also |gladly |happily |of course |certainly |then |further"
    r" )?(?:make (?:it|this)|offer|add|tailor|write out|fill|provide|rephrase|expand|adjust|continue"
    r"|elaborate|give you|create|walk|show you|go deeper|go into|include|customi[sz]e|help)\b",
    r"\b(?:thank you|thanks|i appreciate|kudos) (?:so much |very much )?(?:to you )?(?:for|you)"
    r" (?:\w+ ){0,2}?(?:asking|reaching|sharing|providing|your|bringing|this|the (?:question"
    r"|opportunity|prompt)|trusting|posing|submitting|coming)",
    r"\byou (?:have come to the right place|are in (?:good|the right))\b|\bpun intended\b",
    r"\bi (?:understand|see|realise|realize|recogni[sz]e|note|notice|gather) that\b.{0,80}\byou\b",
    r"^(?:sure|certainly|absolutely|of course|okay|ok|alright|all right|gladly)(?: thing)?(?:[,!.]|$)",
)
_FIRST_PERSON = re.compile(
    r"\bi (?:will|have|can|would|am|was|could|should|think|hope|believe|wanted?|tried|made|did|may"
    r"|might|chose|assume|understand|know)\b"
)
_HALF = 0.5  # a sentence in the first person counts half, where nobody else is to speak
_TASK = any_of(_OF_TASK)
_WRITER = any_of(_OF_WRITER)
# A text with hardly one of these words does not talk of itself; most texts have fewer.
_LEAST_HINTS = 0.15  # per sentence
_HINT = re.compile(
    r"\b(?:i|my|me|let|here|your (?=\w+ ?(?:question|request|quer|prompt|task|instruc|expect|feedback))"
    r"|user|asker|requester|prompt|requested?|requests|specified|instructions?|responses?|answers?|reply"
    r"|questions?|query|tasks?|sure|certainly|absolutely|alright|gladly|tone|audience|essay|story|poem"
    r"|letter|speech|toast|dialogue|analysis|comparison|happy|glad|free|hesitate|thanks?|appreciate"
    r"|would you|article|we will)\b"
)
_LETTER = re.compile(r"\b(?:e-?mail|letter)\b", re.IGNORECASE)
_NOUN = re.compile(r"\b(?:request|message|prompt|instruction|task|query|user|example|list|table)\b")


def meta_talk(instruction: str, response: str) -> str | None:
    """Return the first words about task, answer or writer, if a good part of the text is that.

    Quotations and code do not count, nor does a noun that the instruction speaks of (a pull
    request). A polite sentence at either end is no meta-talk.
    """
    prose = plain_prose(response)
    parts = sentences(prose)
    if len(_HINT.findall(prose)) < max(_FEWEST_DENSE, _LEAST_HINTS * len(parts)):
        return None
    given = set(_NOUN.findall(instruction.lower()))
    has_voice = asks_for_voice(instruction) and not _lacks_letter(instruction, prose)
    talk = [words for part in parts if (words := _talk(part, given))]
    if not talk:
        return None
    if has_voice and not any(_found(_TASK, part, given) for part in parts):
        head, tail = map(sentences, around_piece(prose))
        around = [words for part in (*head, *tail) if (words := _talk(part, given))]
        return "; ".join(around) if len(around) >= _FEWEST_AROUND else None
    halves = 0 if has_voice else sum(map(bool, map(_FIRST_PERSON.search, parts)))
    weight = len(talk) + (_HALF * max(0, halves - len(talk)) if len(talk) > 1 else 0)
    share = weight / len(parts)
    enough = weight >= _FEWEST and share >= _LEAST_SHARE
    if enough or (weight >= _FEWEST_DENSE and share >= _DENSE_SHARE):
        return f"{len(talk)} of {len(parts)} sentences, as: {'; '.join(talk[:3])}"
    return None


def _lacks_letter(instruction: str, prose: str) -> bool:
    """Return whether a letter was asked for and none is there, so that the writer speaks."""
    return bool(_LETTER.search(instruction)) and not BEGINS.search(prose)


def _talk(sentence: str, given: set[str]) -> str | None:
    return _found(_TASK, sentence, given) or _found(_WRITER, sentence, given)


def _found(pattern: re.Pattern[str], sentence: str, given: set[str]) -> str | None:
    match = pattern.search(sentence)
    return match[0].strip() if match and not given & set(_NOUN.findall(match[0])) else None
