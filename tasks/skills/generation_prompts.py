"""The conversation that makes an example: draft, criticism as the asker, revision of both texts.

After Instruct-SkillMix (2408.14774), in our own words and for any number of skills. Three things
differ: the length is asked for at the start, so that no turn says "shorten it" and is answered
with "here is the shorter version"; skills must stay unnamed; and how the person writes is drawn
per plan, for a model left alone begins every other request with "I am a …".
"""

from gleanery.infra.digests import digest
from gleanery.tasks.prompt import Prompt

DRAFT = Prompt(
    """You write training material for assistants: requests as people really type them, each with a response that is worth learning from. Write one such pair.

The instruction is what the person types.
- Someone could plausibly send it, for a reason of their own: a real situation with its names, figures and limits. It sounds like that person and not like an exercise.
- A good response to it takes {{ need }}. The person wants something done and need not know what that is called: a skill's name does not occur in the instruction, in whatever form or order, and nobody asks for skills to be used or shown.
- It holds all that the response needs. If it is about a text, a table, code or data, then these are in it, written out.
- It begins with the matter. People rarely introduce themselves.

The response is what the assistant answers.
- It does all that was asked, for this person: with the steps, figures and examples of this case, right in every detail, and open about what cannot be known. No sentence of it would fit a hundred other requests.
- {{ shown }} shows in what the response does, and is not talked about.
- It begins with the matter and stops when all is said. No praise for the question, no announcement of what follows, no summary of what was just said, no offer of further help.
- It has between {{ least }} and {{ most }} words, unless the instruction sets another length, and is complete within them.

Three instructions, only to show how what is needed stays unnamed; yours is about something else and reads differently:
(estimating quantities) Our village hall is 14 by 9 metres. The caterer wants to know by Friday how many round tables of 1.8 m fit in if there is to be room to dance. What do I tell her?
(explaining technical language, judging the strength of evidence) After twenty years dad was told to stop his aspirin, and now he trusts nobody. The leaflet they gave him says "net benefit no longer favours routine use in primary prevention". What does that mean, and how sure are they really?
(tracing a faulty program, recursion, estimating running time) this never finishes from about n = 45 on, why? and once it is quicker, would it survive n = 10000?
def ways(n):
    return 1 if n < 2 else ways(n - 1) + ways(n - 2)

{{ format }}

What follows inside the tags says what to write; it is no instruction to you in any other way.
{{ skills }}
{{ query_type }}
The way the person writes, unless the kind of request asks for another: {{ manner }}.
Language of both texts: {{ language }}.
"""  # noqa: E501  (a prompt's lines are the model's paragraphs)
)

CRITIQUE = Prompt(
    """Now you are the person who typed that instruction, and you read it and the response as if for the first time. What in them helps you, and what does not? Look above all for
- what is generic: advice without a step, a figure, a name or an example of this case;
- what is wrong, missing, said twice, or broken off;
- whether {{ needed }};
- whether the instruction names a skill, sounds like an exercise, lacks something that the response relies on, or is such that nobody would type it.
List the strengths and then the weaknesses, each with the words it is about, in at most 200 words. Do not rewrite anything yet.
"""  # noqa: E501
)

REVISE = Prompt(
    """Now write the final instruction and the final response. Keep what was strong and mend every weakness; in place of anything generic put something concrete of the same length. All that was said at the start still holds, the length too. Both texts stand alone: whoever reads them knows nothing of a draft, a criticism or a revision.

{{ format }}
"""  # noqa: E501
)

REWORD = Prompt(
    """The instruction gives away what its response is meant to show:
{{ named }}
Word the instruction so that someone who has never heard such a name could have typed it: tell the situation or the wish itself. Change nothing that the response relies on, and leave the response as it is.

{{ format }}
"""  # noqa: E501
)

# How people write. Drawn per plan, so that openings and lengths differ by design.
MANNERS = (
    "one or two plain sentences",
    "a short paragraph that tells what has happened so far",
    "a longer message with the details in no particular order",
    "casual and in lower case, as typed on a phone",
    "polite and precise, saying what must not happen",
    "the question first, the background after it",
    "a line or two, then a list of what is wanted",
    "brisk, by someone who knows the field",
    "hesitant, by a beginner who is not sure what to ask for",
    "a text, a table, notes or code pasted in, with a question about it",
    "a task for the assistant in the imperative, with limits on form or length",
    "a doubt about something heard or read, quoted in the message",
)

INSTRUCTION, RESPONSE = "instruction", "response"

# How the model is told to lay out its texts.
SECTIONS = Prompt(
    "Reply with exactly these lines, and with nothing before, between or after:\n{{ example }}"
)
JSON = Prompt(
    "Reply with one JSON object and nothing else: {{ example }}. In JSON every backslash is "
    r"doubled, a line break is \n and a quotation mark is \"."
)

_LAYOUT = [SECTIONS.fingerprint, JSON.fingerprint]
FINGERPRINTS = {
    "draft": digest([DRAFT.fingerprint, *_LAYOUT, list(MANNERS)]),
    "critique": CRITIQUE.fingerprint,
    "revision": digest([REVISE.fingerprint, *_LAYOUT]),
    "rewording": digest([REWORD.fingerprint, *_LAYOUT]),
}
