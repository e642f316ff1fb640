"""What is left of the web page that a text came from: buttons, votes, names, notices."""

import re

from gleanery.tasks.shirking_prose import any_of

# English, German, French and Spanish; matched in lower case, outside of code.
_NOTICES = (
    r"\bclick (?:here|on the link|the link|below to)\b|\bhier klicken\b|\bcliquez ici\b",
    r"\bhaga? clic (?:aquí|en)\b",
    r"\b(?:we|this (?:web)?site) uses? cookies\b|\baccept (?:all )?cookies\b",
    r"\bcookie (?:policy|settings)\b|\bverwendet cookies\b|\butilise des cookies\b",
    r"\butiliza(?:mos)? cookies\b|\ball rights reserved\b|\balle rechte vorbehalten\b",
    r"\btous droits réservés\b|\btodos los derechos reservados\b|©\s*(?:19|20)\d\d",
    r"\bprivacy policy\b|\bterms of (?:use|service)\b|\bdatenschutzerklärung\b",
    r"\bpolitique de confidentialité\b|\bpolítica de privacidad\b",
    r"\b(?:sign|log)[ -]?(?:in|up) to (?:view|see|read|answer|reply|comment|vote|unlock)\b",
    r"\bcreate (?:an|your free) account\b",
    r"\bsubscribe (?:to|now|for)\b.{0,40}\b(?:newsletter|channel)\b",
    r"\b(?:was this|is this) (?:answer |article |page )?helpful\b",
    r"\bwar diese antwort hilfreich\b|\bähnliche fragen\b|\bquestions similaires\b",
    r"\b(?:related|similar|popular|recommended) (?:questions|articles|posts|topics|searches)\b",
    r"\bpreguntas relacionadas\b|\banswer verified\b",
    r"\b(?:best|top|accepted|verified|expert[- ]verified) answer\b",
    r"\b(?:asked|answered|posted|edited|viewed|submitted|updated) (?:on )?\w+ \d{1,2},? \d{4}\b",
    r"\b(?:asked|answered|posted|edited|viewed|updated) \d+ (?:times|[a-z]+ ago)\b",
    r"\b\d+ (?:second|minute|hour|day|week|month|year)s? ago\W*$",
    r"^\W*(?:asked|answered|posted|edited|submitted) by\b",
    r"\b\d[\d,.]{0,12}k? (?:(?:up|down) ?)?(?:votes?|likes|views|followers)\b(?=\W*(?:$|by\b))",
    r"\bview (?:the )?(?:full|complete|all) (?:answers?|solutions?|questions?|comments?)\b",
    r"\bsee (?:the )?(?:full|all) (?:\d+ )?(?:answers?|comments?|questions?)\b|\bshow more\b",
    r"\bread more\b(?=\W*$)|\bcontinue reading\b|\bweiterlesen\b|\blire la suite\b|\bleer más\b",
    r"\b(?:unlock|get) (?:the )?(?:full )?(?:answer|solution)s? (?:now|by|here)\b",
    r"\bstudy guides?\b.{0,40}\bflashcards?\b|\byour email address will not be published\b",
    r"\bleave a (?:reply|comment)\b",
)
_BUTTONS = re.compile(
    r"[\W_]*(?:(?:reply|share|report|follow|like|save|edit|flag|link|cite"
    r"|improve this (?:answer|question)|add (?:a )?comment|advertisements?|sponsored|print"
    r"|download(?: pdf)?|home|menu|search|skip to (?:main )?content|next|previous|back to top"
    r"|comments? ?\(?\d*\)?|antworten|teilen|anzeige|répondre|partager|publicité|responder"
    r"|compartir|publicidad)[\s|·•>/»-]*)+",
    re.IGNORECASE,
)
_CRUMBS = re.compile(r"[\w &]{2,30}(?:[>»›][\w &]{2,40}){2,}")
_LINK_ALONE = re.compile(r"(?:https?://|www\.)\S+")
_LONGEST_LINE = 300  # characters of a line of buttons
_HANDLE = re.compile(r"(?:^|\s)@[A-Za-z]\w{2,}(?=[\s,:.!?]|$)(?!\s*[({])")
_CODE = re.compile(r"```.*?(?:```|\Z)|`[^`\n]*`", re.DOTALL)
_NOTICE = any_of(_NOTICES)


def boilerplate(question: str, answer: str) -> tuple[float, str]:
    """Return 1 without leftovers of a page, else 1 in 1 plus their number.

    Notices, invitations, votes, user names and dates of posts, lines of buttons, breadcrumbs.
    """
    found = []
    for line in _CODE.sub(" ", f"{question}\n{answer}").splitlines():
        line = line.strip()
        if not line:
            continue
        found += [match[0].strip() for match in _NOTICE.finditer(line.lower())]
        found += [match[0].strip() for match in _HANDLE.finditer(line)]
        if len(line) <= _LONGEST_LINE:
            whole_lines = (_BUTTONS, _CRUMBS, _LINK_ALONE)
            found += [line for pattern in whole_lines if pattern.fullmatch(line)]
    return 1 / (1 + len(found)), "; ".join(dict.fromkeys(found))[:200]
