"""What kind of response does an instruction ask for: an edited text, or somebody else's voice?"""

import re
from functools import lru_cache

# Words by which something is ordered; what is only spoken of ("part of speech") is not.
MAKE = (
    r"\b(?:write|draft|compose|create|make|prepare|give me|help me (?:write|draft|with)|come up with"
    r"|craft|i need|we need|generate|produce|invent|show me an?|suggest|think of|propose|design|plan"
    r"|develop|outline|put together|draw up|set up|tell me an?|do me|brainstorm|provide|build|wants?"
    r"|what(?:'s| is| would be) an? (?:good|nice|catchy|short|funny|polite)|list|name)\b"
)
_OBJECT = (
    r"(?:(?:\w+ ){0,3}(?:text|sentences?|paragraphs?|e-?mail|mail|note|letter|passage|draft|bullets?|summary"
    r"|code|function|query|script|grammar|spelling|wording|phrasing|typos?|punctuation|writing|essay"
    r"|line|hook|slogan|headline|thesis|caption|profile|pitch|post|introduction|intro|cv|resume"
    r"|bio|abstract|message|article|copy|answer|response|translation|poem|story|speech))\b"
)
_EDIT = re.compile(
    r"\b(?:re-?write|rewriting|re-?word\w*|re-?phras\w*|re-?draft\w*|paraphras\w*|proofread\w*"
    r"|refactor\w*|copy-?edit\w*)\b"
    r"|\b(?:shorten|condense|tighten|polish|revise|edit|improve|correct|fix|clean up|tidy up|simplify"
    r"|expand|change|turn|transform|adapt|cut|trim|make|re-?work|re-?format|optimi[sz]e|update)\s+"
    rf"(?:up |down )?(?:the |this |these |that |my |our |following |her |his )*{_OBJECT}"
    r"|\b(?:shorten|condense|tighten|polish|revise|edit|improve|correct|simplify|re-?work) (?:it|this)\b"
    r"|\b(?:improved?|better|shorter|revised|clearer|cleaner|simpler|corrected|formal|polite|concise"
    r"|updated) (?:version|draft|wording|phrasing)\b|\bversion of (?:this|my|the following)\b"
    r"|\bsounds? (?:\w+ )?(?:more|less|too|better|natural|formal|friendly|professional)\b"
    r"|\b(?:how would you|a better way to) (?:word|phrase|put|write)\b",
    re.IGNORECASE,
)
_HOW_TO = re.compile(r"\bhow (?:do|can|could|should|would|to)\b|\bwhy\b", re.IGNORECASE)
_EDIT_OF_BROUGHT = re.compile(
    r"\b(?:shorten|condense|tighten|polish|revise|edit|improve|correct|fix|clean|tidy|simplify|expand"
    r"|change|turn|transform|adapt|cut|trim|make|format)\b.{0,30}\b(?:this|these|it|following|below)\b",
    re.IGNORECASE,
)
_BROUGHT = re.compile(r"[\"“][^\"”]{8,}[\"”]|(?<!\w)'[^']{8,}'(?!\w)|:\s*\S|\n|`[^`]+`")
_TRANSFORM = re.compile(
    r"\b(?:summari[sz]e|translate|convert|check|classify|extract|sort|identify|label|count|arrange"
    r"|complete|continue|punctuate)\b",
    re.IGNORECASE,
)
_PIECE = (
    r"(?:e-?mails?|mails?|letters?|messages?|invitations?|announcements?|notices?|memos?|repl(?:y|ies)"
    r"|newsletters?|notes?|speech|toasts?|adverts?|ads?|scripts?|stor(?:y|ies)|dialogues?|scene"
    r"|monologues?|poems?|songs?(?! in)|lyrics|diary|eulogy|conversation|sonnets?|haikus?|limericks?"
    r"|tweets?|captions?|bio|greeting|blog|posts?|reviews?|complaint|apology|statement|prayer|vows?"
    r"|pitch|wish(?:es)?|testimonial|fable|tale|joke|couplet|ballad|sketch|wording)"
)
_VOICE = re.compile(
    MAKE + rf".{{0,80}}?\b{_PIECE}\b|^\W{{0,5}}(?:an?|my|our)? ?(?:\w[\w-]* ){{0,3}}{_PIECE}\b"
    r"|^\W*(?:reply|respond|answer|apologi[sz]e|introduce|text|tell) (?:to )?(?:this|my|him|her|them|our"
    r"|yourself)\b|\b(?:what (?:should|do|can|could) (?:i|we) (?:say|write|text|reply)|exact words"
    r"|how (?:do|can|should) i (?:tell|ask|word|say|break))\b"
    r"|\b(?:act as|imagine you|pretend|role-?play|persona|in the voice of|in the style of)\b",
    re.IGNORECASE | re.DOTALL,
)


@lru_cache(maxsize=16)  # several checks in a row look at the same instruction
def asks_for_edit(instruction: str) -> bool:
    """Return whether a text is to be rewritten, corrected or shortened."""
    if _EDIT.search(instruction):
        return True
    if not brings_text(instruction) or _HOW_TO.search(instruction):
        return False
    return bool(_EDIT_OF_BROUGHT.search(instruction))


@lru_cache(maxsize=16)
def asks_for_voice(instruction: str) -> bool:
    """Return whether the response speaks as somebody: in a letter, a story, a speech, a scene."""
    return bool(_VOICE.search(instruction))


def asks_for_transformation(instruction: str) -> bool:
    """Return whether the response is made from a text at hand, and may be as short as that."""
    changes = asks_for_edit(instruction) or _TRANSFORM.search(instruction)
    return bool(changes) and brings_text(instruction)


def brings_text(instruction: str) -> bool:
    """Return whether the instruction holds a quotation, a snippet, or lines to work on."""
    return bool(_BROUGHT.search(instruction))
