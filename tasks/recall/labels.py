"""What a kept page is about, and what kind of site it stands on: labels for balancing.

Both count words from short lists and take the label with most evidence, or "other". They cost some
100 µs, give the same answer everywhere, and are for sampling and for tables, not for decisions: a
lesson that uses probability to teach Python may be called either.
"""

import re
from collections import Counter

SUBJECTS = (
    "maths",
    "statistics",
    "physics",
    "chemistry",
    "biology",
    "economics",
    "programming",
)
SITE_KINDS = ("education", "forum", "documentation", "shop", "news")
OTHER = "other"

_READ = 20_000  # characters
_WORD = re.compile(r"[a-z]{3,}")
_MOST_OF_ONE_WORD = 4  # a word repeated is the same evidence again
_LEAST_WORDS = 3  # different words of a subject; fewer is chance
_LEAST_SHARE = 0.008  # of a page's words; a long page holds a few words of every subject

_SUBJECT_WORDS: dict[str, str] = {
    "maths": """
        algebra algebraic angle angles arithmetic calculus circle coefficient cosine decimal
        denominator derivative determinant divisible divisor eigenvalue equation equations exponent
        exponents factor factoring fraction fractions function geometry graph hypotenuse inequality
        integer integers integral lemma linear logarithm matrices matrix monomial multiply numerator
        parabola perimeter polygon polynomial prime proof quadratic quotient radical radius
        rectangle simplify sine slope solve square sum theorem triangle trigonometry trinomial
        vertex whole zero
    """,
    "statistics": """
        anova binomial bayesian bootstrap confidence correlation covariance deviation distribution
        estimator expectation frequency gaussian histogram hypothesis inference interquartile
        likelihood mean median normal null outlier outliers percentile poisson population posterior
        prior probability quartile random regression residual residuals sample samples sampling
        significance skewed standard statistic statistical statistics survey variance
    """,
    "physics": """
        acceleration accelerate amplitude angular battery capacitor charge circuit collision current
        density electric electron energy entropy field force frequency friction gravitational
        gravity heat inertia joule joules kinetic lens light magnetic magnitude mass mechanics meter
        momentum motion newton newtons optics orbit oscillation particle pendulum photon physics
        potential power pressure quantum radiation relativity resistance resistor speed thermal
        torque velocity voltage volt wave wavelength
    """,
    "chemistry": """
        acid acids acidic alkali alkane ammonia anion aqueous atom atoms base bond bonds buffer
        carbon catalyst cation chemical chemistry chloride compound compounds concentration covalent
        electrolysis electronegativity element enthalpy equilibrium ethanol formula gas hydrogen
        hydroxide ion ionic ions isotope ligand molar molarity mole molecular molecule molecules
        moles nitrogen orbital organic oxidation oxide oxygen periodic polymer precipitate proton
        reactant reactants reaction reactions redox salt sodium solute solvent stoichiometry sulfur
        titration
    """,
    "biology": """
        allele amino antibiotic antibodies antibody antigen bacteria bacterial bacterium biology
        cell cells cellular chromosome dna disease ecology ecosystem enzyme enzymes eukaryotic
        evolution fungal fungi gene genes genetic genetics genome host immune infection infections
        kingdom membrane metabolism microbe microbes microbial microbiology microorganisms
        mitochondria mitosis mutation organism organisms parasite pathogen pathogens photosynthesis
        physiology plant predator prey protein proteins rna ribosome species tissue toxin vaccine
        viral virus viruses
    """,
    "economics": """
        agents asset assets bond budget capital competition consumer consumers consumption cost
        debt demand demographic dividend econometrics economic economics economies economy
        elasticity equilibrium exchange externality finance financial firm firms fiscal gdp goods
        growth household households incentive income inflation interest investment labor labour
        marginal
        market markets monetary monopoly oligopoly policy preferences price prices pricing producer
        production profit recession revenue savings shock subsidy supply surplus tariff tax trade
        unemployment utility wage wages wealth welfare
    """,
    "programming": """
        algorithm api argument arguments array arrays async bash boolean bug class code command
        compile compiler console csv database dataframe debug def dictionary directory error
        exception execute file filename files float function functions git github html import
        install int java javascript json julia kernel library linux list loop loops matplotlib
        method module mysql null numpy object package pandas parameter parse pip plot print program
        programming python query repository return run runtime script select server shell sql stack
        string strings syntax terminal tuple type typescript unix url user variable variables
        windows
    """,
}
_SUBJECT_OF: dict[str, tuple[str, ...]] = {}
for _subject in SUBJECTS:
    for _word in _SUBJECT_WORDS[_subject].split():
        _SUBJECT_OF[_word] = (*_SUBJECT_OF.get(_word, ()), _subject)


def _weighing(*pieces: dict[int, str]) -> tuple[tuple[str, int], ...]:
    """Return (piece, weight) for pieces that are listed by their weight."""
    listed = [item for group in pieces for item in group.items()]
    return tuple((piece, weight) for weight, line in listed for piece in line.split())


# pieces of an address, and how much each says; the address is lower case, with its scheme cut off
_IN_ADDRESS: dict[str, tuple[tuple[str, int], ...]] = {
    "education": _weighing(
        {3: ".edu/ .edu. .ac.uk/ lecture textbook openstax carpentr exercise homework /exam"},
        {2: "course lesson tutorial school university learn academy study teach college quiz math"},
    ),
    "forum": _weighing(
        {4: "forum stackexchange stackoverflow superuser.com serverfault.com discuss /thread"},
        {4: "/questions/ /showthread", 3: "/topic viewtopic /t/ /comments/ community. answers."},
        {2: "/community /boards /ask /qa/ reddit.com quora.com"},
    ),
    "documentation": _weighing(
        {4: "docs. /docs/ /doc/ readthedocs developer. /api/"},
        {3: "/reference /manual /man/ documentation /handbook"},
        {2: "/guide /library/ /stable/ /latest/ wiki."},
    ),
    "shop": _weighing(
        {4: "/product /shop shop. store. /cart /collections/"},
        {2: "/store /buy /item /p/ /dp/ /category"},
    ),
    "news": _weighing(
        {3: "news times. herald /article /story gazette"},
        {2: "post. daily magazine press. /politics /sport"},
    ),
}
_IN_TEXT: dict[str, tuple[str, ...]] = {
    "education": (
        *("exercise", "solution", "learning objectives", "chapter", "lesson", "lecture"),
        *("students", "homework", "key points", "in this section"),
    ),
    "forum": (
        *("\nreply", "\nquote", "joined", "posts:", "add a comment", "commented", "wrote:"),
        *("\nlike", "moderator", "thread", "members", "upvote", " answers\n"),
    ),
    "documentation": (
        *("parameters", "returns", "default", "deprecated", "example:", "configuration"),
        *("version", "install", "note:", "see also", "syntax"),
    ),
    "shop": (
        *("add to cart", "add to basket", "shipping", "in stock", "price", "checkout"),
        *("reviews", "returns policy", "free delivery", "sku", "quantity"),
    ),
    "news": (
        *("said", "reported", "published", "reporter", "according to", "officials"),
        *("minister", "editor", "advertisement", "on monday", "on tuesday", "on friday"),
    ),
}
_DATE_IN_ADDRESS = re.compile(r"/(?:19|20)\d\d/(?:\d\d?|[a-z]{3})/")
_MOST_OF_ONE_PHRASE = 3
_LEAST_EVIDENCE = 4


def subject_of(text: str, title: str = "") -> str:
    """Return the subject of a page: one of `SUBJECTS`, or "other"."""
    words = Counter(_WORD.findall(f"{title} {title} {text[:_READ]}".lower()))
    evidence = dict.fromkeys(SUBJECTS, 0.0)
    different = dict.fromkeys(SUBJECTS, 0)
    for word in words.keys() & _SUBJECT_OF.keys():
        subjects = _SUBJECT_OF[word]
        for subject in subjects:
            evidence[subject] += min(words[word], _MOST_OF_ONE_WORD) / len(subjects)
            different[subject] += 1
    best = max(SUBJECTS, key=evidence.__getitem__)
    if different[best] < _LEAST_WORDS or evidence[best] < _LEAST_SHARE * words.total():
        return OTHER
    return best


def site_kind_of(url: str, text: str, title: str = "") -> str:
    """Return the kind of site a page stands on: one of `SITE_KINDS`, or "other"."""
    address = url.lower().partition("://")[2] + "/"
    shown = f"\n{title}\n{text[:_READ]}\n".lower()
    evidence = dict.fromkeys(SITE_KINDS, 0)
    for kind in SITE_KINDS:
        evidence[kind] += sum(weight for piece, weight in _IN_ADDRESS[kind] if piece in address)
        for phrase in _IN_TEXT[kind]:
            evidence[kind] += min(shown.count(phrase), _MOST_OF_ONE_PHRASE)
    if _DATE_IN_ADDRESS.search(address):
        evidence["news"] += 3
    best = max(SITE_KINDS, key=evidence.__getitem__)
    return best if evidence[best] >= _LEAST_EVIDENCE else OTHER
