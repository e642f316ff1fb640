"""Coverage: what examples reach, how evenly, and pictures of it."""

import io
from collections.abc import Sequence

import pytest
from PIL import Image

from gleanery.tasks.coverage import Coverage, Grid
from gleanery.tasks.coverage_heat_map import draw_heat_map
from gleanery.tasks.coverage_skills import Combined, SkillCounts
from gleanery.tasks.coverage_taxonomy import Kind, TaxonomyCounts, Topic, telling_names


def kinds(discipline: str, *rows: tuple[str, str, str, int]) -> list[Kind]:
    return [
        Kind(discipline, difficulty, form, strategy)
        for difficulty, form, strategy, count in rows
        for _ in range(count)
    ]


def grid_of(coverage: Coverage, title: str) -> Grid:
    [grid] = [grid for grid in coverage.grids if grid.title == title]
    return grid


# Taxonomy


def test_plans_without_an_example_are_lost_in_their_cell() -> None:
    counts = TaxonomyCounts(
        {
            "p": Topic(("Sciences", "Physics"), "sciences"),
            "b": Topic(("Trades", "Baking"), "trades"),
        },
        {"difficulty": ("easy", "hard")},
    )
    counts.add_plans(kinds("p", ("hard", "essay", "one", 3), ("easy", "sum", "two", 2)))
    counts.add_plans(kinds("b", ("easy", "essay", "one", 4)))
    counts.add_examples(kinds("p", ("hard", "essay", "one", 1), ("easy", "sum", "two", 2)))
    coverage = counts.coverage(3)
    by_difficulty = grid_of(coverage, "discipline by difficulty")
    assert (by_difficulty.rows, by_difficulty.columns) == (["Physics", "Baking"], ["easy", "hard"])
    assert by_difficulty.made == [[2, 1], [0, 0]]
    assert by_difficulty.lost == [[0, 2], [4, 0]]
    assert grid_of(coverage, "discipline by form").made == [[1, 2], [0, 0]]
    [disciplines] = [row for row in coverage.reached if row.what == "disciplines"]
    assert (disciplines.reached, disciplines.possible) == (1, 2)
    assert disciplines.missing == ["Baking"]


def test_subjects_and_concepts_without_an_example_lower_their_share() -> None:
    counts = TaxonomyCounts({"p": Topic(("Sciences", "Physics"), "sciences")})
    counts.add_subjects([3, 0, 1])
    counts.add_concepts(2, 10)
    counts.add_concepts(1, 5)
    coverage = counts.coverage(0)
    reached = {row.what: (row.reached, row.possible) for row in coverage.reached}
    assert reached["subjects"] == (2, 3)
    assert reached["key concepts of the sessions"] == (3, 15)
    [subjects] = [row for row in coverage.evenness if row.over == "subjects"]
    assert (subjects.fewest, subjects.most) == (0, 3)
    assert subjects.mean == pytest.approx(4 / 3, abs=0.01)
    assert subjects.variation == pytest.approx(0.935, abs=0.001)


def test_more_than_forty_disciplines_are_shown_by_field() -> None:
    topics = {f"d{n}": Topic((f"field {n % 3}", f"discipline {n}"), f"f{n % 3}") for n in range(41)}
    counts = TaxonomyCounts(topics)
    for id_ in topics:
        counts.add_plans(kinds(id_, ("easy", "sum", "one", 2)))
        counts.add_examples(kinds(id_, ("easy", "sum", "one", 1)))
    grid = grid_of(counts.coverage(41), "field by form")
    assert grid.rows == ["field 0", "field 1", "field 2"]
    assert grid.made == grid.lost == [[14], [14], [13]]


def test_of_more_than_forty_fields_those_with_most_plans_are_shown_and_it_says_so() -> None:
    topics = {f"d{n}": Topic((f"discipline {n}",), f"d{n}") for n in range(60)}
    counts = TaxonomyCounts(topics)
    for number, id_ in enumerate(topics):
        counts.add_plans(kinds(id_, ("easy", "sum", "one", number + 1)))
    grid = grid_of(counts.coverage(0), "field by difficulty")
    assert grid.rows == [f"discipline {n}" for n in range(20, 60)]
    assert grid.note == "the 40 of 60 fields with most plans"


def test_disciplines_of_the_same_name_have_a_row_each_that_tells_their_field() -> None:
    topics = {
        "sciences--optics": Topic(("Sciences", "Optics"), "sciences"),
        "sciences--logic": Topic(("Sciences", "Logic"), "sciences"),
        "trades--optics": Topic(("Trades", "Optics"), "trades"),
    }
    counts = TaxonomyCounts(topics)
    for number, id_ in enumerate(topics, start=1):
        counts.add_plans(kinds(id_, ("easy", "sum", "one", 5)))
        counts.add_examples(kinds(id_, ("easy", "sum", "one", number % 3)))
    coverage = counts.coverage(3)
    grid = grid_of(coverage, "discipline by form")
    assert grid.rows == ["Optics (Sciences)", "Logic", "Optics (Trades)"]
    assert (grid.made, grid.lost) == ([[1], [2], [0]], [[4], [3], [5]])
    assert coverage.reached[0].missing == ["Optics (Trades)"]


def test_fields_of_the_same_name_have_a_row_each() -> None:
    topics = {f"d{n}": Topic(("Crafts", f"discipline {n}"), f"crafts-{n % 2}") for n in range(42)}
    counts = TaxonomyCounts(topics)
    for id_ in topics:
        counts.add_plans(kinds(id_, ("easy", "sum", "one", 1)))
    grid = grid_of(counts.coverage(0), "field by form")
    assert grid.rows == ["Crafts (crafts-0)", "Crafts (crafts-1)"]
    assert grid.lost == [[21], [21]]


def test_a_telling_name_is_no_longer_than_it_must_be() -> None:
    paths = {
        "a": ("Root", "Left", "Waves"),
        "b": ("Root", "Right", "Waves"),
        "c": ("Other", "Right", "Waves"),
        "d": ("Root", "Right", "Tides"),
        "e": ("Waves",),
    }
    assert telling_names(paths) == {
        "a": "Waves (Left)",
        "b": "Waves (Root > Right)",
        "c": "Waves (Other > Right)",
        "d": "Tides",
        "e": "Waves",
    }
    assert telling_names({}) == {}


def test_a_taxonomy_without_plans_has_nothing_to_draw() -> None:
    coverage = TaxonomyCounts({"p": Topic(("Sciences", "Physics"), "sciences")}).coverage(0)
    assert coverage.grids == []
    assert coverage.reached[0].missing == ["Physics"]


# Skills


def counted(examples: Sequence[Combined], skills: int = 3) -> Coverage:
    counts = SkillCounts({f"s{n}": f"skill {n}" for n in range(skills)}, ["advice", "code"])
    counts.add_examples(examples)
    return counts.coverage(len(examples))


def test_skills_pairs_and_cells_that_have_an_example_are_reached() -> None:
    coverage = counted([Combined("code", ("s0", "s1")), Combined("code", ("s1", "s0"))])
    reached = {row.what: (row.reached, row.possible) for row in coverage.reached}
    assert reached == {
        "skills": (2, 3),
        "query types": (1, 2),
        "skills with a query type": (2, 6),
        "pairs of skills": (1, 3),
    }
    assert coverage.reached[0].missing == ["skill 2"]
    assert grid_of(coverage, "skill by query type").made == [[0, 2], [0, 2], [0, 0]]
    pairs = grid_of(coverage, "pairs of skills")
    assert pairs.made == [[0, 2, 0], [2, 0, 0], [0, 0, 0]]


def test_an_example_of_several_skills_is_one_of_its_query_type() -> None:
    pairs = [("s0", "s1"), ("s0", "s2"), ("s1", "s2")] * 3
    coverage = counted([Combined("code", skills) for skills in [*pairs, ("s0", "gone")]])
    spread = {row.over: (row.things, row.fewest, row.most, row.mean) for row in coverage.evenness}
    assert spread["query types"] == (2, 0, 10, 5)
    assert spread["skills"] == (3, 6, 7, 6.33)


def test_single_skills_make_no_grid_of_pairs() -> None:
    coverage = counted([Combined("code", ("s0",))])
    assert [grid.title for grid in coverage.grids] == ["skill by query type"]


def test_three_skills_make_three_pairs() -> None:
    coverage = counted([Combined("code", ("s2", "s0", "s1"))])
    assert coverage.reached[-1].reached == 3


def test_a_skill_that_was_removed_is_not_counted() -> None:
    coverage = counted([Combined("code", ("s0", "gone"))])
    assert (coverage.read, coverage.reached[0].reached) == (1, 1)


def test_of_more_than_sixty_skills_the_most_used_are_shown_and_it_says_so() -> None:
    examples = [Combined("code", (f"s{n}",)) for n in range(100) for _ in range(n)]
    grid = grid_of(counted(examples, skills=100), "skill by query type")
    assert grid.rows == [f"skill {n}" for n in range(99, 39, -1)]
    assert grid.note == "the 60 of 100 skills that most examples have"


# Pictures


def drawn(*grids: Grid) -> Image.Image:
    return Image.open(io.BytesIO(draw_heat_map(grids)))


def plain_grid(rows: int, columns: int, name: str = "row", symmetric: bool = False) -> Grid:
    return Grid(
        title="rows by column",
        of_rows="row",
        of_columns="column",
        rows=[f"{name} {n}" for n in range(rows)],
        columns=[f"{name} {n}" for n in range(columns)],
        made=[[(x + y) % 3 for x in range(columns)] for y in range(rows)],
        lost=[],
        symmetric=symmetric,
        note="",
    )


@pytest.mark.parametrize(
    ("rows", "columns", "symmetric"),
    [(1, 1, False), (3, 2, False), (40, 20, False), (60, 60, False), (60, 60, True), (2, 2, True)],
)
def test_a_heat_map_is_as_wide_as_the_interface(rows: int, columns: int, symmetric: bool) -> None:
    picture = drawn(plain_grid(rows, columns, symmetric=symmetric))
    assert picture.format == "PNG"
    assert picture.width == 1008
    assert picture.height < 1500


def test_a_cell_without_examples_stands_out_from_one_with_few() -> None:
    grid = plain_grid(2, 1).model_copy(update={"made": [[0], [1]]})
    colours = drawn(grid).convert("RGB").getcolors(1_000_000)
    reddish = [c for c in colours or [] if c[0] > 5000 and c[1][0] > c[1][2] + 20]
    bluish = [c for c in colours or [] if c[0] > 5000 and c[1][2] > c[1][0] + 20]
    assert len(reddish) == len(bluish) == 1


def test_panels_of_the_same_rows_share_a_picture() -> None:
    one = plain_grid(4, 3)
    lost = one.model_copy(update={"lost": [[1] * 3] * 4})
    assert draw_heat_map([one, lost]) != draw_heat_map([one, one])


@pytest.mark.filterwarnings("error")  # a missing glyph is a warning, and an empty box
@pytest.mark.parametrize("name", ["成本", "cost in $ and $x_", "लागत", "🎲", "\n line", "a" * 300])
def test_any_name_can_be_drawn(name: str) -> None:
    assert drawn(plain_grid(3, 3, name)).width == 1008


def test_the_same_counts_give_the_same_picture() -> None:
    assert draw_heat_map([plain_grid(3, 3)]) == draw_heat_map([plain_grid(3, 3)])


@pytest.mark.parametrize(
    "grids",
    [[], [plain_grid(0, 3)], [plain_grid(3, 0)], [plain_grid(3, 3), plain_grid(4, 3)]],
)
def test_grids_that_make_no_picture_are_refused(grids: list[Grid]) -> None:
    with pytest.raises(ValueError, match="heat map need"):
        draw_heat_map(grids)
