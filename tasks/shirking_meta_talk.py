"""Does a response talk about the task, the answer and the assistant in place of the subject?"""

import re

from gleanery.tasks.answer_checks import plain_prose

_FEWEST = 3  # sentences of talk; a greeting and a closing alone are other reasons
_LEAST_SHARE = 0.2  # of all sentences
_FEWEST_DENSE, _DENSE_SHARE = 2, 0.5  # of a short text

_TEXT = (
    "(?:answers?|responses?|repl(?:y|ies)|explanations?|overview|summary|structure|approach|list"
    "|draft|version|template|outline|message|text|output|essay|poem|letter|table|story|email"
    "|paragraph|toast|speech|plan|analysis|comparison|guide|example|format)"
)
_ASK = "(?:questions?|requests?|prompts?|quer(?:y|ies)|instructions?|task|inquiry|enquiry|message)"
_ACT = (
    "(?:answer|address|explain|provid|present|list|includ|structur|organi[sz]|break|walk|cover"
    "|select|limit|tailor|rephras|expand|elaborat|generat|creat|adapt|adjust|updat|offer|split"
    "|divid|outlin|summari[sz]|describ|discuss|clarif|illustrat|demonstrat|focus|highlight|ensur"
    "|aim|tr(?:y|ied)|attempt|strive|striv|mak(?:e|ing) sure|made sure|keep|kept|avoid|us(?:e|ing)"
    "|write|wrote|written|go(?:ing)? (?:with|through|for|over|to)|start|begin|respect|do my best"
    "|present|help|assist|cho(?:o|)se|choos|decid|consider|balanc|interpret|assum|refrain|mention"
    "|think|look|take|give|gave|add|leave|left|draft|compil|prepar|put together|simplif|phras"
    "|format|deliver|show|share|not )"
)
_TALK = (
    # the asker, as such
    r"\b(?:as|like|just as|since|because|which|that|what|the \w+|have|if|given that) you (?:have )?"
    r"(?:\w+ly )?(?:asked|requested|specified|mentioned|provided|wanted|instructed|posed|supplied"
    r"|described|indicated|stated|are asking|are looking for|were looking for|had in mind|need)\b",
    r"^you (?:have |had )?(?:asked|requested|want|wanted|would like|specified|are asking|mentioned)"
    r" (?:me|for|to|a|an|two|three|about|how|what|why|whether|that)\b",
    rf"\b(?:your|this|the|an?) (?:\w+ ){{0,3}}{_ASK} (?:asks?|is asking|wants?|has|have|contains?|is"
    r" (?:about|open|one|clear|quite|best|whether|how)|calls? for|seems?|mentions?|suggests?"
    r"|implies|signals?|consists?|explicitly|concerns?|requires?|touch\w*|specif\w+|involves?)\b",
    rf"\byour (?:\w+ ){{0,2}}(?:{_ASK}|expectations|preferences for|feedback|intent)\b",
    r"\b(?:as|per|in response to|to address|in answering|to answer|answering|responding to|to"
    rf" (?:respond|reply) to) (?:requested|specified|instructed|asked|(?:your|the|this|a)"
    rf" (?:\w+ )?{_ASK})\b",
    r"\b(?:the (?:user|asker|requester|person asking|human)|the prompt|the instruction)\b",
    # the answer, as such
    rf"\b(?:this|my|the|the above|the following|in this) {_TEXT}"
    r" (?:will|would|should|aims?|is (?:meant|intended|designed|structured|organi[sz]ed|kept|based"
    r"|simplified|divided|not meant|general)|does not (?:seek|take|aim)|seeks?|covers?|is going to"
    r"|acknowledges|addresses|provides|includes|highlights|captures|reflects|strikes|opens"
    r"|attempts?|tries|focuses|begins|follows|balances|corresponds?|has been|can be (?:adapted"
    r"|adjusted|customi[sz]ed|expanded|modified)|i (?:have|gave|wrote|provided|will))\b",
    r"\bmy (?:\w+ )?(?:answer|response|reply|explanation|approach|goal|intention|aim|reasoning"
    r"|limitations|purpose here|understanding of your|thought process|strategy)\b",
    r"\b(?:complete|good|strong|full|helpful|weaker|better|best|useful|balanced|great|solid|ideal)"
    r" (?:answer|response|reply) (?:must|should|would|will|needs|is|has|to (?:this|your|the))\b",
    rf"^(?:i am|i was|i) (?:\w+ly )?(?:will|would|going to|shall|have|am|can|could|should|want|wanted"
    rf"|chose|went|tried|might|aimed|opted|decided|included|kept|wasn|worked|picked|selected|also"
    rf"|refrained|do not|did|used|considered|structured|organi[sz]ed|focused|assumed|purposely"
    rf"|deliberately|left|limited|need|must)\b(?: \w+){{0,4}}? {_ACT}",
    r"\b(?:i will|i would|i can|i could|i shall|i should|i am going to|i have|i tried to|i want to"
    r"|i wanted to|i have also|i can also|i could also|i will also|i will now|i would first) "
    rf"(?:\w+ ){{0,2}}?{_ACT}\w*\b.{{0,80}}\b(?:you|your|{_TEXT}|{_ASK}|tone|step by step|examples?"
    r"|parts?|steps?|details?|bullets?|format|sections?|lines?|words?|reader|idea|topic|scheme"
    r"|rows?|points?|views?|perspectives?|terms?|rhyme|follow)\b",
    r"\b(?:as you can see|without further ado|here (?:goes|we go)|there you (?:go|have it)|(?:first|"
    r"second|third|next|finally|then),? (?:it|i|we) will (?:outline|present|turn|discuss|look|bring"
    r"|explain|cover|address|explore|describe|examine|provide))\b",
    r"\b(?:let me|let us|allow me to) (?:start|begin|first|think|break|do my|clarify|explain|walk"
    r"|answer|address|try|see|take|dive|help|unpack|outline|give you|provide|summari[sz]e)\b",
    r"^(?:here is|here are|below (?:is|are|you|i)|the following is) .{0,60}\b(?:you (?:asked|can|may|"
    r"requested|wanted|need)|i (?:came|put|have|would|suggest)|for you)\b",
    r"\b(?:in|with) (?:this|that) in mind\b|\bbefore (?:we|i|answering|diving|getting|you)\b.{0,40}"
    r"\b(?:begin|start|answer\w*|dive|proceed|first|would like)\b|\bin the interest of\b",
    # the assistant, as such
    r"\bas an? (?:ai|(?:large )?language model|text-based|virtual|digital)\b|\bmy training\b",
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
    r" (?:\w+ ){0,2}?(?:asking|reaching|sharing|providing|your|bringing|this|the (?:question|opport"
    r"unity|prompt)|trusting|posing|submitting|coming)",
    r"\byou (?:have come to the right place|are in (?:good|the right))\b|\bpun intended\b",
    r"\bi (?:understand|see|realise|realize|recogni[sz]e|note|notice|gather) that\b.{0,80}\byou\b",
    r"^(?:sure|certainly|absolutely|of course|okay|ok|alright|all right|gladly)(?: thing)?[,!.]",
    r"^(?:the )?(?:tone|language|register|audience|format|length) (?:should|will|is|has|must) ",
)
_TALKS = re.compile("|".join(_TALK))
# Without one of these words no pattern matches, and most sentences have none.
_TRIGGER = re.compile(
    r"\b(?:i|you|your|my|me|user|asker|prompt|requested|specified|response|answer|reply|request"
    r"|question|query|instruction|task|sure|certainly|absolutely|course|okay|ok|alright|gladly"
    r"|this|will|tone|language|register|audience|format|length|us|goes|ado|mind|interest|requester"
    r"|human|opening|here|below|following|ready)\b"
)
_SENTENCE = re.compile(r"[.!?]+[)\"*_…]*\s+|\n+")
_MARKUP = re.compile(r"^[\s*_#>\-•\d.)(|]+")


def meta_talk(text: str) -> str | None:
    """Return the first words about task, answer or assistant, if a good part of the text is that.

    Quotations and code do not count. One polite sentence at either end is no meta-talk.
    """
    sentences = [_MARKUP.sub("", part) for part in _SENTENCE.split(plain_prose(text))]
    sentences = [sentence for sentence in sentences if " " in sentence]
    talk = [found for sentence in sentences if (found := _talk(sentence))]
    share = len(talk) / max(len(sentences), 1)
    enough = len(talk) >= _FEWEST and share >= _LEAST_SHARE
    if enough or (len(talk) >= _FEWEST_DENSE and share >= _DENSE_SHARE):
        return f"{len(talk)} of {len(sentences)} sentences, as: {'; '.join(talk[:3])}"
    return None


def _talk(sentence: str) -> str | None:
    match = _TALKS.search(sentence) if _TRIGGER.search(sentence) else None
    return match[0].strip() if match else None
