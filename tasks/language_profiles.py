"""What tells languages apart: their scripts, their commonest small words, their own letters."""

from dataclasses import dataclass

# Ranges of code points, by script. Han stands in Chinese, Japanese and some Korean texts.
SCRIPTS = {
    "Latin": ((0x41, 0x5A), (0x61, 0x7A), (0xAA, 0xBA), (0xC0, 0x24F), (0x1E00, 0x1EFF)),
    "Greek": ((0x370, 0x3FF), (0x1F00, 0x1FFF)),
    "Cyrillic": ((0x400, 0x52F),),
    "Armenian": ((0x530, 0x58F),),
    "Hebrew": ((0x590, 0x5FF),),
    "Arabic": ((0x600, 0x6FF), (0x750, 0x77F), (0xFB50, 0xFDFF), (0xFE70, 0xFEFC)),
    "Devanagari": ((0x900, 0x97F),),
    "Bengali": ((0x980, 0x9FF),),
    "Tamil": ((0xB80, 0xBFF),),
    "Telugu": ((0xC00, 0xC7F),),
    "Thai": ((0xE00, 0xE7F),),
    "Georgian": ((0x10A0, 0x10FF),),
    "Kana": ((0x3041, 0x30FF), (0x31F0, 0x31FF), (0xFF66, 0xFF9F)),
    "Hangul": ((0x1100, 0x11FF), (0x3131, 0x318E), (0xAC00, 0xD7A3)),
    "Han": ((0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xF900, 0xFAFF), (0x20000, 0x323AF)),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Profile:
    """A language: small words that most of its sentences hold, and its letters beyond a to z.

    `scripts` are those that it is written in, its own first. Words and letters are empty where
    the script alone settles it.
    """

    name: str
    code: str
    scripts: tuple[str, ...]
    words: frozenset[str] = frozenset()
    letters: frozenset[str] = frozenset()


# One language a paragraph: name, code, scripts, letters beyond a to z ("-" for none), words.
_LATIN = """
English en Latin - the of and to in is that for it as was with be by on not he are this or at from
 which but have an they you were their been has would will there what can if when who more no its
 into than other these some each how also may should such between through about using where both
 a i we our my me his her him do does did so up out any most many per plus over under

German de Latin äöüß der die und den von zu das mit sich des auf für ist im dem nicht ein eine als
 auch es an werden aus er hat dass sie nach wird bei einer um am sind noch wie einem über einen so
 zum kann nur ihr oder aber vor zur bis mehr durch man sein wurde wenn diese dieser dieses wir
 sowie zwischen beim keine

French fr Latin àâæçèéêëîïôœùûüÿ le la les de des du et en un une est que qui dans pour par sur pas
 au aux ce cette ces avec il elle ils plus ne se sont ou son sa ses comme mais nous vous leur leurs
 être été à où entre sans même aussi lors peut ainsi dont selon ont deux afin chaque

Spanish es Latin áéíñóúü el la los las de del y en que un una se por con para es su sus al lo como
 más pero no son este esta estos entre cuando muy sin sobre también hasta hay donde desde todo nos
 ser fue ha o ni ya si durante otros cada puede según esto así cómo mediante

Italian it Latin àèéìíîòóùú il lo la i gli le di del della dei delle che e è un una in per con non
 si sono da dal al alla come più anche ma nel nella questo questa tra fra ha loro o se cui degli
 dalla ai suo sua essere può ogni quando dove sulla sul perché dell all nell

Portuguese pt Latin áâãàçéêíóôõúü o os as de do da dos das e em no na nos nas que um uma para com
 não por mais como mas ao aos se foi são sua seu seus à pelo pela ou quando muito também já está
 entre até isso ser tem sem este esta cada sobre você pode através é

Dutch nl Latin éëïöèü de het een en van in is dat op te zijn met voor niet aan er om ook als dan
 maar bij of uit nog naar door over hij ze zich wordt worden deze dit die wat werd heeft hebben kan
 geen tot tussen zoals onder kunnen moet meer wij

Polish pl Latin ąćęłńóśźż i w na z że nie do się to jest o jak po co ale tak za od przez jego oraz
 czy tym dla ich był być są może które który która przy także tylko jako pod ze tego tej lub między
 ponieważ gdy jeśli

Turkish tr Latin çğıöşüâîû ve bir bu da de için ile olarak çok daha gibi olan en ya kadar sonra ne
 her değil var ancak göre veya ise bunu bazı diye şu mi o ki tarafından üzerinde arasında olduğu
 nasıl hem içinde

Swedish sv Latin åäöé och i att det som en på är av för med den till inte om ett han men var sig
 från vi så kan när de har eller ska också mellan där vid efter under hur genom mot denna detta än
 utan samt

Danish da Latin æøåé og i at det er en til af på med for den som ikke der de et har om var han men
 sig fra vi kan efter eller når skal også mellem hvor ved blev være hvordan denne dette samt deres
 hvis mere

Norwegian no Latin æøåé og i å det er en til av på med for den som ikke de et har om var han men
 seg fra vi kan etter eller når skal også mellom hvor ved ble være hvordan denne dette samt deres
 hvis mer dersom

Finnish fi Latin äöå ja on ei se että oli hän mutta ovat kun myös joka niin kuin tai ole sekä jos
 voi jotka sen ne vain olla tämä tämän kuten mitä sitten jonka mukaan välillä miten

Czech cs Latin áčďéěíňóřšťúůýž a v se na je že s z do o i to jako za by ale pro jsou po jeho od
 která které který nebo při jsme také být než byl má tak aby podle jen až mezi tím není jejich

Romanian ro Latin ăâîșşțţ și de în la a cu pe din care că nu un o este mai sau pentru sunt al ale
 ca se fi prin dar sa după lui cele între această acest fost fără ce le poate

Hungarian hu Latin áéíóöőúüű a az és hogy nem is egy ez meg csak de mint van volt vagy már kell még
 azt ha el lehet ami minden között amely után sem valamint illetve ezt így

Vietnamese vi Latin àáâãèéêìíòóôõùúýăđĩũơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ và của là
 có các được trong cho một không những với người này đã để khi từ về cũng như theo đến hoặc trên ra
 vào nhiều tại hay bạn

Indonesian id Latin - yang dan di dari untuk dengan pada ini itu dalam adalah tidak akan oleh ke
 sebagai juga atau dapat bahwa telah karena ada bisa lebih sudah mereka kita antara serta tersebut
 harus secara anda
"""
_OTHERS = """
Russian ru Cyrillic абвгдежзийклмнопрстуфхцчшщъыьэюяё и в не на что с по это как к из за от для но
 его то все он же или так был бы при у о а между также может если их которые который чтобы после
 только более является

Ukrainian uk Cyrillic абвгґдеєжзиіїйклмнопрстуфхцчшщьюя і в не на що з до у та як це за від для але
 його або він так був при про між також може якщо їх які який щоб після є й не тільки більше

Bulgarian bg Cyrillic абвгдежзийклмнопрстуфхцчшщъьюя и в не на че с по това като към от за но се са
 да е или той така при между също може ако които който след само повече със във бъде

Arabic ar Arabic - في من على إلى أن التي الذي هذا هذه عن مع كان لا ما أو كما بين كل ذلك بعد قبل عند
 هو هي لم قد و إن حيث يمكن

Persian fa Arabic - و در به از که این را با است برای آن یک تا بر می های شود هم یا شده کرد اما هر
 باشد نیز ها خود بین

Urdu ur Arabic - کے کی میں کا اور ہے سے کو پر ہیں نے کہ یہ ایک اس بھی تھا لیے جو ہو نہیں کر یا تو

Hindi hi Devanagari -

Greek el Greek -

Hebrew he Hebrew -

Thai th Thai -

Bengali bn Bengali -

Tamil ta Tamil -

Telugu te Telugu -

Armenian hy Armenian -

Georgian ka Georgian -

Chinese zh Han -

Japanese ja Kana+Han -

Korean ko Hangul+Han -
"""


def _read(paragraph: str) -> Profile:
    name, code, scripts, letters, *words = paragraph.split()
    own = frozenset() if letters == "-" else frozenset(letters)
    return Profile(name, code, tuple(scripts.split("+")), frozenset(words), own)


PROFILES = {
    profile.name: profile for profile in map(_read, (_LATIN + _OTHERS).strip().split("\n\n"))
}
