"""Is a short text a refusal and nothing else?

One plain sign is enough ("I must decline", "my guidelines do not allow"). Softer ones are found
in honest text too, so two or more of different kinds have to meet: an apology, something that the writer
cannot do, a part that the writer plays, a reason of caution, somebody else to ask, another offer.
"""

import re
from functools import lru_cache

from gleanery.tasks.shirking_prose import any_of

_SPEECH = (
    "(?:answer|comment|address|say (?:whether|which|what|if|where|more)|tell you|advise|recommend"
    " (?:an?|any|specific|one|whether|that|where)|offer|provid|give (?:you|a|an|any|advice|medical"
    "|legal|financial|specific|instructions|out)|writ(?:e|ing) (?:this|that|the|an?|it|your|about)"
    "|creat|produc|generat|translat|explain|discuss|solv|help (?:you|with|here|out|on)|assist"
    "|speculate|shar(?:e|ing)|interpret|judge|mak(?:e|ing) (?:an?|any|statements?|recommendations?"
    "|claims?|that|this|predictions?|such)|put(?:ting)? together|complet|go(?:ing)? into"
    "|tak(?:e|ing) (?:a|sides|part|on)|engag|evaluat|assess|confirm|verify|suggest|run (?:code|the"
    "|your|this|it)|weigh in|compos|draft|fulfil|comply|diagnos|predict|respond|walk you|do (?:that"
    "|this|so|it)|guid|be of (?:help|assistance)|handl|carry out|look up|brows|speak to|touch"
    "|support|participat|settle|rul(?:e|ing) on|design|plan|calculat|work (?:this|that|it) out)"
)
_PLAIN = (
    rf"\bi (?:cannot|will not|could not possibly|can neither|can no longer)(?: \w+ly)? {_SPEECH}",
    rf"\bi (?:am|would be|will be|feel|find myself)(?: \w+ly)? (?:unable|not (?:\w+ )?(?:able|going"
    r"|willing|equipped|permitted|allowed|authori[sz]ed|qualified|designed|prepared|supposed"
    rf"|meant|trained|built|programmed|comfortable)) to (?:\w+ly )?{_SPEECH}",
    rf"\bi (?:will|would) not be (?:able to {_SPEECH}|{_SPEECH}\w*ing)",
    r"\bi (?:am not|would not be|do not feel|would not feel) (?:in a position|comfortable|qualified"
    r"|the right (?:one|person|source|place)|equipped)\b",
    r"\bi (?:am afraid i )?(?:must|have to|will have to|need to|will|would|am going to|am|\w+ly)"
    r"(?: have to)?(?: \w+ly)? (?:declin|refrain|abstain|pass on (?:this|that|it)|steer clear"
    r"|opt out|leave (?:this|that|it) (?:one )?(?:to|with))",
    r"\bi (?:declin|refrain|abstain|(?:would |will )?(?:prefer|rather|choose) (?:not|to (?:not|steer"
    r"|stay|avoid|refrain|leave|decline|keep out)))",
    r"\bi (?:do not|never)(?: \w+ly)? (?:provide|give (?:out|advice|medical|legal|financial)|offer|discuss"
    r"|engage|comment|translate|speculate|recommend|advise|take sides|write (?:about|for|essays|letters)"
    r"|answer (?:questions|that|this))\b",
    r"\bi (?:have no|do not have any|lack the|lack any|do not have the|do not possess) (?:\w+ )?(?:way"
    r"|means|ability|capacity|capability|basis|expertise|qualifications?|training|authority"
    r"|access|information|data|context|background|knowledge|opinions?|personal) ?(?:of|to|for"
    r"|on|about|that|,|\.|and|or|experience|needed|required|opinion)",
    r"\bi (?:would|do) not (?:want|wish|like) to (?:steer|mislead|give|risk|offer|add|take|say|guess"
    r"|be (?:responsible|the one)|cause|encourage|influence|make)\b",
    r"\bi (?:try to|have to|must|need to|prefer to|aim to) (?:stay|remain|be) (?:neutral|impartial"
    r"|careful|cautious|out of)\b",
    r"\bi (?:only|can only|am only able to) (?:work|speak|operate|handle|support|respond|deal)\b",
    r"\bnot (?:something|one|a (?:topic|subject|matter|question|task|request|field|decision|call)"
    r"|an? \w+) (?:that |which |for me|where )?(?:i|to) (?:am|can|could|would|will|feel|do|should"
    r"|make|answer|have)\b",
    r"\b(?:something|a topic|topics|a request|requests|a task) (?:that |which )?i (?:cannot|am (?:unable"
    r"|not able|not going|not (?:allowed|permitted|willing))|will not|would rather not|do not)\b",
    r"\b(?:outside|beyond|exceeds|past|not within)(?: of)?(?: the (?:scope|limits|bounds|range|remit)"
    r" of)? (?:my|what i (?:can|am|do|could|may|have))\b",
    r"\bmy (?:\w+ )?(?:guidelines?|polic(?:y|ies)|programming|instructions|rules|developers?|creators"
    r"|safety \w+|terms|design|guidance|principles) (?:do|does|prevent|forbid|prohibit|restrict"
    r"|require|will|mean|ask|keep|stop|tell)\w*\b",
    r"\b(?:not|in|un)[ -]?(?:be )?(?:appropriate|responsible|proper|right|ethical|advisable|prudent|fair"
    r"|wise|comfortable) (?:for|of) me\b|\bnot my (?:place|role|job) to\b",
    r"\b(?:no (?:way|means)|not possible|impossible|hard|difficult) for me to\b|\bno can do\b"
    r"|\bno (?:\w+ )?(?:statement|answer|advice|assessment) (?:is|can be) (?:possible|given|made)\b",
    r"\b(?:question|request|problem|task) (?:cannot|will not|can not) be (?:answered|fulfilled|completed"
    r"|processed|dealt with|handled) (?:with|from|here|by me|at this|in this|as)\b",
    r"\bi (?:cannot|will not)(?:,| in good conscience)|\bdo(?:ing)? you a disservice\b"
    r"|\bi (?:do not|cannot) (?:have|hold|form|express)(?: any)? (?:personal )?(?:opinions?|feelings)\b"
    r"|\bi must say no\b|\bthe answer has to be no\b",
    r"\b(?:this|that|your|the) (?:request|question|topic|prompt|subject) (?:goes against|violates"
    r"|conflicts with|falls outside|is (?:outside|beyond|off[- ]limits|too (?:sensitive|personal"
    r"|delicate|dangerous|risky)|not (?:one|something)))\b",
    r"\bas an? (?:\w+ )?(?:ai|assistant|chatbot|(?:large )?language model)\b[^.!?]{0,140}\bi (?:cannot"
    r"|will not|am (?:unable|not)|do not|lack|only|have no)\b",
)
_SOFT = (
    # an apology
    r"\b(?:sorry|apologi[sz]e|apologies|unfortunately|i am afraid|regret\w*|forgive me)\b",
    # what the writer cannot or will not
    r"\bi (?:cannot|will not|am (?:unable|not able)|could not|am not (?:going|allowed|sure))\b"
    r"|\b(?:unable|not able|inability|unwilling|refuse) (?:to|for)\b"
    r"|\bwithout (?:access|seeing|knowing|more (?:information|context|detail))\b"
    r"|\bi would not\b|\bi do not (?:think|believe|feel)\b",
    # whose part it is
    r"\bi am (?:just|only|merely|simply|not) an? (?:\w+ )*(?:ai|assistant|model|program|machine"
    r"|doctor|lawyer|solicitor|advis[eo]r|therapist|counsellor|accountant|expert|professional"
    r"|physician|dietitian|planner|engineer|teacher|vet|specialist|electrician)\b"
    r"|\b(?:an|this) (?:ai|assistant|chatbot)\b|\b(?:has|have|needs?|should|ought) (?:to )?be (?:left"
    r" to|answered by|handled by|carried out by|decided by|done by|discussed with)\b",
    # a reason of caution
    r"\b(?:sensitive (?:topic|subject|matter|issue|area|question)|controversial|irresponsible|inappropriate|unethical|liab\w+|safety reasons"
    r"|(?:my|our|content|usage|safety) (?:guidelines|polic(?:y|ies))|legal implications|politici[sz]ed|too many (?:variables|factors)"
    r"|misleading|disservice|harmful|dangerous|could be (?:upsetting|misused|offensive)|risk of"
    r"|deeply personal|academic (?:integrity|honesty)|plagiari\w+|confidential\w*|copyright\w*)\b",
    # somebody else to ask
    r"\b(?:consult|contact|speak (?:to|with)|talk (?:to|with|it over)|reach out to|turn to|refer to"
    r"|hire|seek|ask|see|check with|get in touch with|(?:advise|encourage|suggest|recommend|urge)"
    r"(?: that)? you|look (?:for|at)|visit|discuss (?:it|this|that|your)|would be the right place"
    r"|will be (?:able|glad|happy) to)\b.{0,70}\b(?:professional|expert|doctor|physician|lawyer"
    r"|solicitor|attorney|advis[eo]r|specialist|therapist|counsell?or|teacher|tutor|engineer"
    r"|accountant|dietitian|nutritionist|planner|librarian|provider|source|official|authority"
    r"|authorities|website|organi[sz]ation|agent|gardener|mechanic|technician|veterinar\w+|vet"
    r"|department|textbook|encyclopedia|firms?|mediator|someone|colleague|support|hotline"
    r"|electrician|plumber|pharmacist|historian|translator|forum|resources|publication|agency"
    r"|service|instructor|supervisor|manual|documentation|community|chef|musician|coach)\b",
    # another offer
    r"\b(?:something else|another topic|other (?:topics?|questions?|requests?|matters)|instead|a (?:more"
    r" |less )\w+ (?:topic|question|subject))\b.{0,60}(?:help|happy|glad|discuss|talk|ask)"
    r"|\b(?:happy|glad|delighted) to (?:help|assist|talk|discuss)\b.{0,80}\b(?:else|other|instead"
    r"|another|different|general)\b",
)
_PLAINLY = any_of(_PLAIN, re.DOTALL)
_SIGNS = tuple(re.compile(sign) for sign in _SOFT)
_SHORT = 120  # words of a text that may be a refusal and nothing else
_LONG = 260  # words over which a text answers, whatever it begins with
_HEAD = 400  # letters in which a longer refusal declines
_TINY = 80  # words under which two signs are enough, from 120 on it takes four


@lru_cache(maxsize=16)  # several checks in a row look at the same text
def declined(prose: str) -> str | None:
    """Return the words by which a text declines; `prose` is what `plain_prose` returns."""
    words = prose.count(" ") + 1
    if words > _LONG:
        return None
    plain = _PLAINLY.search(prose if words <= _SHORT else prose[:_HEAD])
    if plain and words <= _SHORT:
        return plain[0].strip()
    signs = [match[0] for sign in _SIGNS if (match := sign.search(prose))]
    if plain:
        signs.insert(0, plain[0].strip())
    fewest = 2 if words <= _TINY else 3 if words <= _SHORT else 4
    enough = len(signs) >= fewest and (plain or words <= _SHORT)
    return " … ".join(signs) if enough else None
