"""What stands below the pictures of a report, for those who cannot read it off them."""

from collections.abc import Sequence

from gleanery.flows.synthesis_markdown import coverage_markdown
from gleanery.tasks.coverage import Coverage, Grid


def markdown(*grids: Grid) -> str:
    coverage = Coverage(examples=1, read=1, reached=[], evenness=[], grids=list(grids))
    return coverage_markdown(coverage, {"coverage-1": grids}, lambda name: f"{name}.png")


def grid(rows: Sequence[str], columns: Sequence[str], symmetric: bool = False) -> Grid:
    return Grid(
        title="pairs of skills" if symmetric else "skill by query type",
        of_rows="skill",
        of_columns="skill" if symmetric else "query type",
        rows=list(rows),
        columns=list(columns),
        made=[[y + x for x in range(len(columns))] for y in range(len(rows))],
        lost=[],
        symmetric=symmetric,
        note="",
    )


def test_numbers_that_stand_for_names_without_signs_are_told_below_the_picture() -> None:
    text = markdown(grid(["weighing costs", "成本", "估算"], ["advice", "代码 | 程序"]))
    lead = "In the picture, a number stands for each {} that its font cannot write: "
    assert lead.format("skill") + "no. 2 is 成本; no. 3 is 估算." in text
    assert lead.format("query type") + "no. 2 is 代码 &#124; 程序." in text
    assert "no. 1 is" not in text


def test_numbers_are_told_once_where_rows_and_columns_are_the_same() -> None:
    text = markdown(grid(["成本", "cost"], ["成本", "cost"], symmetric=True))
    assert text.count("no. 1 is 成本") == 1


def test_names_that_the_picture_shows_need_no_numbers() -> None:
    names = ["weighing costs", "éclairs_and_$"]
    assert "a number stands for" not in markdown(grid(names, names), grid(names, names, True))


def test_blank_cells_of_pairs_are_explained() -> None:
    names = ["one", "two", "three"]
    text = markdown(grid(names, names, symmetric=True))
    below = text.partition("## pairs of skills")[2]
    assert "the blank ones above are the same pairs the other way round" in below
    assert "a reddish cell is a pair without an example" in below
