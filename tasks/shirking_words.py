"""Words that carry no news of their own: function words, and generic words of advice."""

FUNCTION_WORDS = frozenset(
    """
    a about above according accordingly after again all also although always am an and any anybody
    anyone anything are as at be because become becomes been before behind being below besides
    between both bring brings brought but by came can cannot certain come comes could did do does
    doing done down due during each either else even ever every everybody everyone everything exist
    exists fact few find finds for found from further furthermore gave get gets getting give given
    gives giving go goes going gone got had has have having he hence her here hers herself him
    himself his how however i if in indeed instead into is it its itself just keep kept know known
    knows less let like likewise lot made make makes making many may me mean meaning means meant
    might more moreover most much must my namely neither never nevertheless no nobody none nor not
    nothing now of off often on once one ones oneself only or other others otherwise ought our
    ours ourselves out over own per perhaps put puts quite rather really reason regard regarding
    regards respect said same saw say saying says see seeing seem seems seen several shall she
    should since so some somebody someone something sometimes somewhat still such take taken takes
    taking than that the their theirs them themselves then there thereby therefore these they thing
    things this those though through throughout thus to together too took toward towards under
    unless until up upon us use used uses using very was way ways we well went were what whatever
    when whenever where whereas wherever whether which whichever while who whoever whole whom whose
    why will with within without would yet you your yours yourself first second third
    """.split()
)

# Whole words and, with a star, beginnings of words: what advice is made of when it says nothing.
_GENERIC = """
    various variety differ* several certain many some appropriate* suit* relevan* proper* importan*
    essential* crucial key vital necessary useful helpful* valuable beneficial effective*
    significan* good great better best right quality general* overall particular* specific
    specifically individual* personal* unique* adequate* sufficient* reasonabl* realistic*
    consisten* regular* careful* positive* healthy balanced comprehensive robust meaningful
    potential* possibl* possibilit* available interest* challeng* difficult* complex* common*
    rewarding wonderful successful* clear ultimately fundamental* invaluable overwhelming
    worthwhile confident* thoughtful* flexib* patien* mindful intimidating enjoyabl* engaging
    fascinating exciting diverse numerous multiple countless
    factor factors aspect* element* thing things way ways option options approach* method methods
    strateg* technique* tool tools resource resources step steps measures need needs needed goal
    goals preference* circumstance* situation* condition conditions requirement* consideration*
    benefit benefits advantage* disadvantage* pros cons opportunit* issue issues concern concerns
    outcome* success impact effect effects role roles understanding perspective* experience*
    process* journey solution solutions decision* choice choices information detail details
    professional* expert experts specialist* advice guidance guideline* support* practice* practise
    communicat* community others everyone everybody people lifestyle well-being wellbeing
    development* characteristic* feature features area areas matter matters reason reasons cause
    causes question questions idea ideas works fit fits skill skills trend trends topic topics
    nuance* insight* trade-off* mindset
    consider* ensur* depend* vary varies varied help helps helping improv* enhanc* affect*
    influenc* contribut* choos* explor* focus* remember sure try trying experiment* adjust* adapt*
    review* evaluat* assess* identif* understand learn* prepar* manag* maintain* achiev* seek
    consult* research stay feel enjoy* appreciate embrace navigat* balanc* tailor* creat* plan
    planning track
    may might can could should usually often typically sometimes tend tends always never every
    each long-term time
""".split()
GENERIC_WORDS = frozenset(word for word in _GENERIC if not word.endswith("*"))
GENERIC_STEMS = tuple(word.rstrip("*") for word in _GENERIC if word.endswith("*"))
