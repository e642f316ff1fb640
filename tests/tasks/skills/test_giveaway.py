import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gleanery.tasks.skills.giveaway import giveaway
from gleanery.tasks.skills.records import Skill


def skill(name: str, *aliases: str) -> Skill:
    return Skill(
        id=name, name=name, definition="", topic="", aliases=list(aliases), origin="written"
    )


@pytest.mark.parametrize(
    ("name", "instruction", "words"),
    [
        # The name itself, in any spelling.
        ("risk_analysis", "Give me a risk_analysis of our stall.", "risk_analysis"),
        ("risk analysis", "We need Risk-Analysis for the stall.", "Risk-Analysis"),
        ("Risk Analysis", "a riskanalysis of the stall", "riskanalysis"),
        ("risk-analysis", "Where do I learn RISK ANALYSIS?", "RISK ANALYSIS"),
        ("riskanalysis", "Use the risk analysis techniques you know.", "risk analysis"),
        ("copywriting", "Please show good copy writing.", "copy writing"),
        ("risk analysis", "a risk\nanalysis of the stall", "risk\nanalysis"),
        # Inflected.
        ("risk_analysis", "Compare the two risk analyses.", "risk analyses"),
        ("risk analysis", "What did the risks' analysis miss?", "risks' analysis"),
        ("hypothesis testing", "Explain testing hypotheses to me.", "testing hypotheses"),
        ("cost-benefit analysis", "two cost benefit analyses of it", "cost benefit analyses"),
        ("identify logical fallacies", "try identifying the logical fallacy", None),
        ("identify logical fallacy", "by identifying logical fallacies", None),
        ("behavior modelling", "a behaviour-modeling plan", "behaviour-modeling"),
        ("summarising evidence", "Help me with summarizing the evidence", None),
        # In another order, or with another word joined on.
        ("risk_analysis", "Write an analysis of the risks for us.", "analysis of the risks"),
        ("time management", "I am bad at the management of my time.", "management of my time"),
        ("problem solving", "I like solving problems.", "solving problems"),
        ("critical thinking", "a course in critical and creative thinking", None),
        ("data analysis", "the job is data cleaning and analysis", "data cleaning and analysis"),
        ("attention to detail", "It takes attention to every detail.", None),
        ("risk assessment and mitigation", "mitigation and assessment of risks", None),
        # As verb with adverb.
        ("critical_thinking", "Make them think critically about adverts.", "think critically"),
        ("public speaking", "I must speak publicly on Monday.", "speak publicly"),
        # A single word that is wielded as a skill.
        ("empathy", "Answer her mail and show real empathy.", "empathy"),
        ("negotiation", "Use your negotiation skills on this offer.", "negotiation"),
        ("negotiation skills", "with strong negotiation techniques", "negotiation"),
        ("storytelling", "Apply storytelling to my slides.", "storytelling"),
        ("SQL", "I want to see your SQL skills.", "SQL"),
        # Other languages.
        ("критическое мышление", "Без критического мышления тут никак.", "критического мышления"),
        ("批判性思维", "请用批判性思维分析这篇文章。", "批判性思维"),
        ("analyse de données", "Je cherche une Analyse de Données.", "Analyse de Données"),
    ],
)
def test_a_named_skill_is_found(name: str, instruction: str, words: str | None) -> None:
    found = giveaway(instruction, skill(name))
    assert found
    assert found in instruction
    assert words is None or found == words


@pytest.mark.parametrize(
    ("name", "instruction"),
    [
        # Words that people use.
        ("explanation", "Explain to me why bread dough rests twice."),
        ("explanation", "I need an explanation for my nephew, he is nine."),
        ("budgeting", "My budgeting app went bust, what now?"),
        ("python", "This Python script eats my memory."),
        ("Python", "How do I use Python 2 prints in Python 3?"),
        ("SQL", "Which SQL query gives me the last order per customer?"),
        ("translation", "Is there a good translation of this proverb?"),
        ("writing", "I am writing to my landlord and he is touchy."),
        ("R", "Use the letters R and S only."),
        # The deed, asked for as people ask.
        ("risk analysis", "Look at what could go wrong with our stall."),
        ("risk analysis", "Analyse the risks for me."),
        ("email writing", "Write an email to my boss."),
        ("email writing", "Help me with writing this email."),
        ("code review", "Review my code, please."),
        ("problem solving", "Can you solve this problem for me?"),
        ("time management", "How do I manage my time better?"),
        ("public speaking", "I have to speak in public on Monday."),
        ("meal planning", "Plan three meals from what is left."),
        # Only in part, or not as one.
        ("risk analysis", "Is there a risk? My analysis says no."),
        ("risk analysis", "The risk is small. Analysis of the soil comes later."),
        ("problem solving", "Here is my problem, solve it."),
        ("goal setting", "My goal is to set the table in time."),
        ("time management", "The management had no time for us."),
        ("risk assessment", "a risk the town never made an assessment for"),
        ("критическое мышление", "Мой критик мыслит иначе."),
        ("写作", "我在写作业。"),
        ("", "Anything at all."),
        ("of the", "The best of the best."),
        ("---", "A line --- and another."),
        ("critical thinking", ""),
    ],
)
def test_ordinary_words_are_no_giveaway(name: str, instruction: str) -> None:
    assert giveaway(instruction, skill(name)) is None


def test_an_alias_gives_the_skill_away_as_its_name_does() -> None:
    merged = skill("risk_analysis", "hazard assessment", "risk_appraisal")
    assert giveaway("We want an assessment of hazards.", merged) == "assessment of hazards"
    assert giveaway("We want an appraisal of the shop.", merged) is None


@given(name=st.text(max_size=40), before=st.text(max_size=40), after=st.text(max_size=40))
def test_what_is_found_stands_in_the_instruction(name: str, before: str, after: str) -> None:
    instruction = f"{before} {name} {after}"
    found = giveaway(instruction, skill(name))
    assert found is None or (found and found in instruction)


WORDS = st.text(alphabet="bcdfghklmnprtvz", min_size=3, max_size=8)


@given(words=st.lists(WORDS, min_size=2, max_size=4, unique=True), joint=st.sampled_from(" _-"))
def test_a_name_of_several_words_is_found_wherever_it_stands(words: list[str], joint: str) -> None:
    instruction = f"We spent all winter on {joint.join(words).title()}, and then?"
    assert giveaway(instruction, skill("_".join(words)))


# Names as models propose them, for tasks of which the real instructions are full.
NAMES = """
explanation, summarization, translation, writing, editing, proofreading, classification, planning,
email writing, creative writing, letter writing, resume writing, poetry writing, unit conversion,
code generation, problem solving, critical thinking, time management, meal planning, recipe design,
text summarization, language translation, grammar correction, tone adjustment, logical reasoning,
persuasive writing, text classification, argument analysis, information extraction, comparison
"""


def test_real_instructions_are_rarely_flagged(shared_data: Path) -> None:
    lines = (shared_data / "seeds" / "self_instruct_user_oriented_252.jsonl").read_text("utf-8")
    instructions = [json.loads(line)["instruction"] for line in lines.splitlines()]
    skills = [skill(name.strip()) for name in NAMES.split(",")]
    flagged = [words for text in instructions for one in skills if (words := giveaway(text, one))]
    assert len(instructions) == 252
    assert len(flagged) <= 2, flagged
