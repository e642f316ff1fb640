"""In which language an answer is: by its script, and within a script by its commonest words.

No model and no data: what a check of an answer says must be the same on every machine. It tells
the languages of IFEval from each other and from their neighbours, and needs a sentence to do so.
"""

import re
import unicodedata
from collections import Counter, defaultdict
from functools import cache

_OF_SCRIPT = {
    "BENGALI": "bn",
    "GREEK": "el",
    "GUJARATI": "gu",
    "GURMUKHI": "pa",
    "HANGUL": "ko",
    "HEBREW": "he",
    "HIRAGANA": "ja",
    "KANNADA": "kn",
    "KATAKANA": "ja",
    "MALAYALAM": "ml",
    "TAMIL": "ta",
    "TELUGU": "te",
    "THAI": "th",
}
_WORDS = {
    "LATIN": {
        "ca": "el la els les de del i a en un una que és per amb no més com al dels són però "
        "aquest aquesta també ser seva han",
        "cs": "a v se na je že s z do o i to k ve pro za by jako ale si jsou po od podle které "
        "jeho tak byl",
        "da": "og i at det er en af til på for med der den ikke de som et har om var men fra jeg "
        "han hun vi kan blev efter hvad",
        "de": "der die und in den von zu das mit sich des auf für ist im dem nicht ein eine als "
        "auch es an er so dass wie sie ich wir aber werden sind einen wird oder",
        "en": "the of and to in is that it for was on are as with they be at this have from or by "
        "not but what all we when your can you there an their which will would my i a if has had "
        "do how me our so no her his he she him its were been does more than then these into each "
        "about other some any out up only also between should could such who why where",
        "es": "el la de que y en un los del se las por con no una su para es al lo como más pero "
        "sus le ya o este sí porque esta entre cuando muy sin sobre también yo son está",
        "fi": "ja on ei se että hän oli mutta ovat kun joka myös kuin niin sen tai olla voi hyvin "
        "tämä mitä minä ole siitä sitä ne jos vain nyt sinä olen",
        "fr": "le la les de des et à un une en est que qui dans pour pas sur au ce il elle je "
        "vous nous par plus ne se avec son sont mais du cette comme ou aux être ont",
        "hu": "a az és hogy nem is egy ez de meg csak van volt el már mint azt ha még én ki vagy "
        "lehet kell nagyon ezt",
        "id": "yang dan di itu dengan untuk tidak ini dari dalam akan pada juga saya ke karena "
        "ada kami adalah bisa atau anda mereka oleh sudah kita",
        "it": "di e che il la in a un non per una è sono mi si con ho lo le ha ma della del i "
        "gli da come più nel alla dei anche questo se io delle nella",
        "nl": "de het een van en in is dat op te voor zijn met niet aan er om ook als maar dan bij "
        "nog uit wel naar heeft ik ze door worden je",
        "pl": "i w nie na to się z że do jest jak o co po ale tak za od przez może dla ja być był "
        "są ten tylko jego czy już które oraz jako",
        "pt": "o de a que e do da em um para com não uma os no se na por mais as dos como mas foi "
        "ao ele das tem à seu sua ou ser quando muito nos já eu também são é",
        "ro": "și de la în a cu pe nu o că un este din ce pentru mai sunt se să care au dar ca "
        "fi lui prin sau era",
        "sv": "och i att det som en på är av för med den till inte har de ett om var men jag han "
        "hon vi kan från så eller när också",
        "sw": "ya na wa kwa ni katika la za ili hii kuwa cha kama si pia hiyo huu yake hivyo au "
        "lakini vya mimi wewe watu baada kwamba sana yangu hili ambayo",
        "tr": "ve bir bu da de için ile çok olarak daha gibi en var kadar ne olan o ki ama sonra "
        "değil mi ben her",
        "vi": "và của là có không được cho một trong các với người này những để đã khi ra như "
        "đến về tôi bạn cũng rất từ nhiều sẽ phải",
    },
    "CYRILLIC": {
        "bg": "и на да се в от за е не са по като че с ще до това към този която който са има са "
        "тази бъде си ви са много как съм сме",
        "ru": "и в не на я что он с это как а по но они к у мы из за вы так же от все она его было "
        "для этого ты если может есть или при только",
        "uk": "і в на що не з у до та як за це від він його про для я ми але бути є вони або ви "
        "також цей їх яка який було може",
    },
    "ARABIC": {
        "ar": "في من على أن إلى هذا التي عن مع لا ما كان هذه الذي هو هي كل بعد قد لم بين ذلك أو ثم "
        "إن كما يمكن حتى",
        "fa": "و در به از که این را با است برای آن یک می خود تا شد بر هم ما شما من نیز باشد "
        "ها بود هر کرد اما",
        "ur": "کے کی میں ہے اور سے کا کو نے پر یہ ہیں کہ وہ ایک بھی لئے لیے نہیں تھا کر ہو آپ "
        "ہم جو گیا اس ان",
    },
    "DEVANAGARI": {
        "hi": "के में की है और से का को पर यह हैं कि एक नहीं भी ने हो लिए इस जो वह कर तो था या आप हम अपने मैं",
        "mr": "आणि आहे या हे व ते च तर एक आहेत नाही होते असे म्हणून करण्यात आपण मी त्या साठी हा ही "
        "आपल्या त्यांच्या मला काही",
        "ne": "र छ को मा हो पनि यो छन् गर्न भएको लागि हुन्छ छैन थियो गरेको यस तर त्यो गर्छ एक म हामी "
        "तपाईं भने",
    },
}
# What a few words without a common one are taken for, as any detector would guess.
_COMMONEST = {"LATIN": "en", "CYRILLIC": "ru", "ARABIC": "ar", "DEVANAGARI": "hi"}
# Letters that no other language listed for the script has, or hardly any.
_LETTERS = {
    "LATIN": {
        "cs": "řěů", "da": "øæ", "de": "ß", "es": "ñ¿¡", "fr": "œêùû", "hu": "őű", "pl": "łąśżź",
        "pt": "ãõ", "ro": "ățș", "sv": "å", "tr": "ğış",
        "vi": "đơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ",
    },
    "CYRILLIC": {"bg": "ъ", "ru": "ыэё", "uk": "іїєґ"},
    "ARABIC": {"ar": "ةىيكإأ", "fa": "گپچژ", "ur": "ٹڈڑںےہھ"},
    "DEVANAGARI": {"mr": "ळ"},
}  # fmt: skip
_BETWEEN_WORDS = re.compile(r"[\s\d।॥؟،.,!?;:()\[\]{}\"“”„«»*_#/<>|…–—-]+")
_OF_A_LETTER = 0.3  # what a letter counts of a word
_LEAST = 0.08  # of its words: a text has this share of common ones, if it is of that language


def language_of(text: str) -> str:
    """Return the code (ISO 639-1) of the language that most of a text is in; "" if that is unknown.

    It is unknown of a text without letters. A few words that are common in no language are taken
    for the script's commonest one, as are those that are common in it and in another.
    """
    scripts = Counter(_script(char) for char in text if char.isalpha())
    if not scripts:
        return ""
    if scripts["HIRAGANA"] + scripts["KATAKANA"] > 0.1 * scripts.total():
        return "ja"
    script = scripts.most_common(1)[0][0]
    if script == "CJK":
        return "zh"
    return _by_words(text.lower(), script) if script in _WORDS else _OF_SCRIPT.get(script, "")


def _by_words(text: str, script: str) -> str:
    words = [word for word in _BETWEEN_WORDS.split(text) if word]
    scores: defaultdict[str, float] = defaultdict(float)
    for word in words:
        # French and Italian write some of them together with the next word.
        known = _known(script).get(word) or _known(script).get(re.split("['’]", word)[0], ())
        for language in known:
            scores[language] += (1 if len(word) > 1 else _OF_A_LETTER) / len(known)
    for language, letters in _LETTERS[script].items():
        scores[language] += _OF_A_LETTER * sum(map(text.count, letters))
    best = max(scores.values(), default=0.0)
    if not best or best < _LEAST * len(words):
        return _COMMONEST[script]
    likely = sorted(language for language, score in scores.items() if score == best)
    return _COMMONEST[script] if _COMMONEST[script] in likely else likely[0]


@cache
def _known(script: str) -> dict[str, tuple[str, ...]]:
    """Return the languages of a script in which a word is common."""
    known: dict[str, tuple[str, ...]] = {}
    for language, words in _WORDS[script].items():
        for word in dict.fromkeys(words.split()):
            known[word] = (*known.get(word, ()), language)
    return known


@cache
def _script(char: str) -> str:
    return unicodedata.name(char, "").partition(" ")[0]
