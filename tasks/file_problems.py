"""What is wrong with a file that people write: every problem with its line, all in one error."""

from collections.abc import Sequence
from dataclasses import dataclass

_MOST_SHOWN = 50


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong. `line` counts from 1; 0 means that there is no line to point at."""

    line: int
    text: str


class FileError(ValueError):
    """A file that cannot be used as it is; `problems` holds everything that is wrong with it."""

    def __init__(self, source: str, problems: Sequence[Problem]) -> None:
        self.source = source
        self.problems = sorted(problems, key=lambda problem: problem.line)
        lines = [_shown(source, problem) for problem in self.problems[:_MOST_SHOWN]]
        if len(self.problems) > _MOST_SHOWN:
            lines.append(f"… and {len(self.problems) - _MOST_SHOWN:,} more")
        if len(self.problems) > 1:
            lines.insert(0, f"{len(self.problems):,} problems in {source}:")
        super().__init__("\n  ".join(lines))


def _shown(source: str, problem: Problem) -> str:
    place = f"{source}:{problem.line}" if problem.line else source
    return f"{place}: {problem.text}"
