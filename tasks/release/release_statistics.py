"""What a release's report counts over all candidates: scores, lengths, and what they are about."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from gleanery.tasks.dataset_records import Candidate
from gleanery.tasks.release.candidate_scores import CandidateScores
from gleanery.tasks.release.recipe import Recipe
from gleanery.tasks.release.report_data import Breakdown, Count, Histogram
from gleanery.tasks.release.report_histograms import histogram
from gleanery.tasks.release.value_counts import Flags, ValueCounts

_LENGTHS = ("question", "answer")


class ReleaseStatistics:
    """Counts over candidates as they pass by."""

    def __init__(self) -> None:
        self.candidates: Counter[str] = Counter()  # by pipeline
        self.released: Counter[tuple[str, str]] = Counter()  # by pipeline and split
        self._values: defaultdict[tuple[str, str], ValueCounts] = defaultdict(ValueCounts)
        self._domains: Counter[str] = Counter()
        self._site_kinds: Counter[str] = Counter()
        self._subjects: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self._skills: Counter[str] = Counter()

    def add(self, pipelines: Iterable[str], scores: CandidateScores, kept: Flags) -> None:
        """Count some candidates by pipeline and scores; `kept` says which are in the release."""
        self.candidates.update(pipelines)
        for scorer, name, places, values in scores.by_scorer():
            self._values[name, scorer].add(values, kept[places])

    def add_lengths(self, messages: Iterable[Sequence[Mapping[str, str]]], kept: Flags) -> None:
        """Count the words of the same candidates' questions and answers, by their messages."""
        lengths = np.array([_words(turns) for turns in messages], np.float64).reshape(-1, 2)
        for title, words in zip(_LENGTHS, lengths.T, strict=True):
            self._values[title, "words"].add(words, kept)

    def add_released(self, candidate: Candidate, split: str) -> None:
        """Count what a released candidate is about."""
        self.released[candidate.pipeline, split] += 1
        if candidate.domain:
            self._domains[candidate.domain] += 1
            self._site_kinds[candidate.site_kind] += 1
        self._subjects[candidate.method][candidate.subject] += 1
        if candidate.method == "skills":
            self._skills.update(candidate.labels[1:])

    def scores(self, recipe: Recipe) -> list[Histogram]:
        """Return the distribution of each score, with the bound that the recipe sets it."""
        bounds = {one.score: one for one in recipe.filters}
        drawn = []
        for name, scorer in sorted(self._values, key=lambda place: (place[1], place[0])):
            if name in _LENGTHS and scorer == "words":
                continue
            bound = bounds.get(f"{scorer}.{name}")
            at_most = bool(bound and bound.least is None)
            threshold = (bound.most if at_most else bound.least) if bound else None
            drawn.append(self._histogram(name, scorer, threshold, at_most))
        return drawn

    def lengths(self) -> list[Histogram]:
        """Return the distribution of the lengths of questions and answers, in words."""
        return [self._histogram(title, "words") for title in _LENGTHS]

    def _histogram(
        self, title: str, of: str, threshold: float | None = None, at_most: bool = False
    ) -> Histogram:
        values, kept = self._values[title, of].expanded()
        return histogram(title, of, values, kept=kept, threshold=threshold, at_most=at_most)

    def breakdowns(self) -> list[Breakdown]:
        """Return the released rows by what they are about, as far as there are any."""
        titles = {
            "harvest": "Subject of the page",
            "taxonomy": "Discipline",
            "skills": "Query type",
        }
        found = [
            _breakdown("Web domain", self._domains),
            _breakdown("Kind of site", self._site_kinds),
        ]
        found += [
            _breakdown(titles.get(method, method), subjects)
            for method, subjects in sorted(self._subjects.items())
        ]
        found.append(_breakdown("Skill", self._skills, "A row counts for each of its skills."))
        return [breakdown for breakdown in found if breakdown.counts]


def _words(turns: Sequence[Mapping[str, str]]) -> tuple[int, int]:
    """Return the words of the first question and of the last answer."""
    question = next((turn["content"] for turn in turns if turn["role"] == "user"), "")
    answers = (turn["content"] for turn in reversed(turns) if turn["role"] == "assistant")
    return len(question.split()), len(next(answers, "").split())


def _breakdown(title: str, counter: Counter[str], note: str = "") -> Breakdown:
    return Breakdown(title=title, counts=_counts(counter), note=note if counter else "")


def _counts(counter: Counter[str]) -> list[Count]:
    ordered = sorted(counter.items(), key=lambda item: (-item[1], item[0]))
    return [Count(name=name, rows=rows) for name, rows in ordered]
