"""Words that tell topics from skills: names of fields, of things, and of what writers do."""

# What a name ends with that says what a text is about. Plurals are looked up in the singular.
_FIELDS = """
accounting advertising aerospace agriculture algebra anatomy anime architecture art astronomy
athletics automobile aviation banking baseball basketball beauty bible biology biotech birds
blockchain botany boxing broadcasting business calculus camping cancer car career cat celebrity
chemistry chess childhood christianity cinema city civilization climate clothing coffee commerce
computing cooking country craft cricket crime cryptocurrency cryptography cuisine culture
cybersecurity cycling dance database dating democracy dentistry diet dinosaur disability disease
divinity dog drawing ecology economy ecosystem education electricity electronics empire employment
energy engineering entertainment environment estate ethnicity europe evolution family farming
fashion fauna feminism film finance fishing fitness flora football forestry fruit furniture galaxy
gaming gardening genetics geology geometry golf government hardware health healthcare heritage
hiking history hobby holiday home hospitality housing hygiene immigration industry infrastructure
insurance intelligence internet investment islam jazz jewelry journalism judaism justice kinship
kitchen knitting labor language law learning leisure life linguistics literature logistics
machinery manufacturing marketing marriage mathematics maths mechanics media medicine meditation
metallurgy migration military mineral mining money motherhood museum music mythology nanotechnology
nation nature navy news nursing nutrition ocean opera outdoors painting parenting pet pharmacy
philosophy photography physics physiology planet plant plumbing poetry policing policy politics
pollution population poverty pregnancy prehistory psychiatry psychology publishing race radio
railway recreation recycling refugee relationship religion renaissance renovation retail revolution
robotics sailing school science sculpture security self sewing sexuality shipping shopping skiing
sleep soccer society software soil space sport startup statistics stock surgery sustainability
swimming tax taxation technology telecommunication television tennis terrorism textile theater
theatre theology thermodynamics tourism toy trade trading traffic transit transport transportation
travel trigonometry unemployment universe university vaccination vaccine vegetable vehicle video
war warfare waste water weapon weather wedding welfare wellbeing wellness wildlife wine witchcraft
woman yoga youth zoology
"""
_FIELD_ENDINGS = (
    "ology", "ography", "onomy", "omics", "istry", "iatry", "iatrics", "onautics", "ectomy",
    "culture", "engineering", "ics", "ism", "medicine", "science", "therapy",
)  # fmt: skip
_NOT_BY_ENDING = """
acculturation analogy analytics anthology aphorism apology autonomy basics biography
characteristics chronology criticism diagnostics dynamics euphemism fairness graphics heuristics
humanism idealism lyrics mannerism mechanism methodology metrics minimalism mnemonics neologism
optimism parallelism pessimism pragmatism prism professionalism realism rhetorics sarcasm
skepticism specifics surrealism syllogism symbolism tactics taxonomy terminology topics topology
trilogy truism typography
"""
# Two words that name a field together, though each alone may be a skill.
_FIELD_PAIRS = """
circuit design; city planning; combinatorial optimization; deep learning; family planning
game design; home improvement; home maintenance; human resources; land management
machine learning; operating systems; quality control; social work; software development
space exploration; town planning; urban planning; wealth management; web design; web development
wildlife management
"""
# A gerund of these at the end of a name is a field; any other says what somebody does.
_FIELD_GERUNDS = """
accounting advertising banking boxing broadcasting building camping clothing computing cooking
cycling dating engineering farming fencing fishing gaming gardening hiking housing hunting knitting
learning manufacturing marketing mining networking nursing painting parenting plumbing publishing
recycling running sailing sewing shipping shopping skiing swimming trading travelling welding
wellbeing wrestling
"""
_ERAS = "ancient colonial medieval prehistoric victorian"
# Names that begin like an order ("rank countries by size") say what is done as well.
_IMPERATIVES = """
adapt add adjust analyse analyze answer apply argue arrange ask assess avoid balance brainstorm
break build calculate categorize check choose cite clarify classify combine compare complete
compose compute condense convert convince correct count create criticize debug decide define derive
describe detect determine develop diagnose differentiate discuss distinguish draft draw edit
elaborate estimate evaluate explain explore express extract fill find fix follow formulate generate
give handle identify illustrate imagine implement improve infer integrate interpret judge justify
keep list locate maintain make manage modify narrate negotiate offer optimize order organize
outline paraphrase perform persuade predict prepare present prioritize produce propose prove
provide rank read reason recognize recommend reduce refactor refute relate reorder rephrase restate
rewrite select show simplify solve sort spot structure suggest summarise summarize support
synthesize tailor teach tell think transform translate understand use verify weigh write
"""
# Plural things of a text: what a writer makes, not what a text is about.
_DEVICES = """
adjective alternative analogy anecdote answer argument assertion assumption bullet calculation
caption caveat characteristic claim clarification cliffhanger clue comment comparison con
conclusion constraint contrast counterargument counterexample criterion cue definition description
detail diagram dialogue disclaimer distinction equation estimate example expectation explanation
expression fact figure followup footnote formula goal guideline haiku headline hint hook hypothesis
idea idiom illustration implication improvement inference insight instruction introduction issue
join joke label limerick limit limitation line link list loop marker meme metaphor method mnemonic
note objection option outline paragraph parallel pattern plan point prediction principle priority
prompt proof proverb pun question quote range reading reason recommendation reference regex
reminder response result rhyme riddle rule scenario scene sentence sign simile slogan source speech
statement step stereotype story strategy summary symbol synonym table tagline task template term
test text theme tip title tone tradeoff transition trend type unit variable verse viewpoint voice
word workflow
"""

FIELDS = frozenset(_FIELDS.split())
FIELD_ENDINGS = _FIELD_ENDINGS
NOT_BY_ENDING = frozenset(_NOT_BY_ENDING.split())
FIELD_PAIRS = frozenset(
    pair.strip() for line in _FIELD_PAIRS.splitlines() for pair in line.split(";") if pair.strip()
)
FIELD_GERUNDS = frozenset(_FIELD_GERUNDS.split())
ERAS = frozenset(_ERAS.split())
IMPERATIVES = frozenset(_IMPERATIVES.split())
DEVICES = frozenset(_DEVICES.split())
