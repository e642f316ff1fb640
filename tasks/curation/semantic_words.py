"""Words by which two questions that look alike ask different things."""


def _words(text: str) -> list[str]:
    return text.split()


_SMALL = "two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen"
_ROUND = "twenty thirty forty fifty sixty seventy eighty ninety"
_ORDINALS = "first second third fourth fifth sixth seventh eighth ninth tenth"

NUMBER_WORDS = {
    "zero": "0",
    **{word: str(number) for number, word in enumerate(_words(_SMALL), 2)},
    **{word: str(10 * number) for number, word in enumerate(_words(_ROUND), 2)},
    "sixteen": "16",
    "seventeen": "17",
    "eighteen": "18",
    "nineteen": "19",
    "hundred": "100",
    "thousand": "1000",
    "million": "1000000",
    "billion": "1000000000",
    **dict.fromkeys(("twice", "double", "doubled", "doubles"), "2"),
    **dict.fromkeys(("triple", "tripled", "thrice"), "3"),
    **dict.fromkeys(("half", "halved", "halves", "halve"), "1/2"),
    **dict.fromkeys(("quarter", "quarters"), "1/4"),
}
# A second is a unit, too; both readings of the word are alike in two wordings of one question.
ORDINALS = {word: f"{number}." for number, word in enumerate(_words(_ORDINALS), 1)}

# Words of the frame in which something is asked: who asks in another way asks the same.
FRAME = frozenset(
    _words("""
a an the of in on at to for from by with and or if is are was were be been it its this that these
those as do does did how what which who whom why when where can could will would should has have
had there than then so such into per each any i you we they he she his her their your my give given
find determine compute calculate evaluate explain describe state name write show tell us following
using use let implement create make much many long large big get obtain work out solve value me
please
""")
)

# Between the two sides that they part, order says something: miles to kilometres, older than.
SIDES = frozenset(_words("to into onto than by from before after"))
# Words of the frame that say what is done where one of them stands in the other's place.
DOING = frozenset(_words("create make write find show tell state name use implement let"))

NEGATIONS = frozenset(_words("not no never none neither nor without except cannot"))

# Who says one of these in one text says it in the other.
KINDS = frozenset(_words("even odd prime only negative isosceles equilateral"))


def _sides(*sides: str) -> dict[str, frozenset[str]]:
    return {str(number): frozenset(words.split()) for number, words in enumerate(sides)}


# Who finds one side in one text and only another one in the other has two questions.
DIRECTIONS = {
    "size": _sides(
        "increase increases increased increasing rise rises rising raise higher larger largest "
        "greater greatest bigger biggest highest maximum maximize maximal most longest",
        "decrease decreases decreased decreasing fall falls falling lower smaller smallest fewer "
        "lowest minimum minimize minimal least shortest reduce reduces reduced",
    ),
    "scale": _sides("double doubled doubles doubling", "halve halved halves half"),
    "parity": _sides("even", "odd"),
    "circuit": _sides("series", "parallel"),
    "order": _sides("before", "after"),
    "sign": _sides("positive", "negative"),
    "truth": _sides("true correct right", "false incorrect wrong"),
    "interest": _sides("compound compounded", "simple"),
    "pole": _sides("north northern", "south southern"),
    "compass": _sides("east eastern", "west western"),
    "heat": _sides("endothermic", "exothermic"),
    "charge": _sides("anode cation cations oxidation", "cathode anion anions reduction"),
    "division": _sides("mitosis", "meiosis"),
    "convexity": _sides("convex", "concave"),
    "bound": _sides("exactly", "least", "most"),
    "way": _sides("ascending", "descending"),
    "flow": _sides("import imports", "export exports"),
    "trade": _sides("buy buys buying demand", "sell sells selling supply"),
    "friction": _sides("frictionless smooth", "rough friction"),
}

_SAME_QUANTITY = """
area; perimeter; circumference; volume; surface; radius; diameter; circumcircle; incircle; height
altitude; width; diagonal diagonals; hypotenuse; slope gradient; intercept; vertex; angle angles
mean average; median; mode; range; variance; deviation; probability; odds; percentage; ratio
sum total; difference; product; quotient; remainder; factor factors; multiple multiples; square
cube; root roots; derivative; integral; antiderivative; limit; domain; eigenvalue eigenvalues
eigenvector eigenvectors; determinant; inverse; rank; trace; transpose; asymptote asymptotes
velocity speed; acceleration; displacement; distance; force; momentum; impulse; torque; energy
power; work; pressure; density; mass; weight; temperature; heat; entropy; enthalpy; frequency
period; wavelength; amplitude; voltage potential; current; resistance; capacitance; inductance
charge; field; flux; concentration; molarity; molality; moles; pH; solubility; yield; rate
protons proton; neutrons neutron; electrons electron; isotope isotopes; genotype; phenotype
allele alleles; recall; precision; accuracy; bias; elasticity; revenue; profit; cost; tax; income
artery arteries; vein veins; list lists; tuple tuples; dictionary dictionaries; set sets
string strings; array arrays; stack stacks; queue queues; rows row; columns column
"""
QUANTITIES = {
    word.lower(): group.split()[0]
    for line in _SAME_QUANTITY.strip().splitlines()
    for group in line.split(";")
    for word in group.split()
}
