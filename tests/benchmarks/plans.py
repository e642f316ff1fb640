"""How fast plans are drawn and written, and in how much memory.

    python tests/benchmarks/plans.py --method taxonomy|skills [--plans 1000000]

One process on one core draws the plans slice by slice and writes each slice as the pipeline writes
a part: through `RowSpool` into a Parquet file, which is put into a store on the local disk. Drawing
ends with the records; writing is what the spool and the store take. The input is made up, of the
papers' size, and counts as drawing: 200 subjects a discipline, each with 20 sessions of 5 concepts
and 400 plans; 2,000 skills in pairs, with 16 query types. CPU seconds are what one core needs; the
wall clock also has what else runs on the machine.
"""

import argparse
import resource
import tempfile
import time
from collections.abc import Iterator, Sequence

from gleanery.infra.digests import digest
from gleanery.infra.storage import Store
from gleanery.infra.tables import RowSpool
from gleanery.tasks.records import Record
from gleanery.tasks.skills.epochs import seal_epochs
from gleanery.tasks.skills.plans import EpochPlans
from gleanery.tasks.skills.plans_config import SkillPlansConfig
from gleanery.tasks.skills.records import QueryType, Skill, SkillPlan
from gleanery.tasks.taxonomy.plans import TaxonomyPlans, slice_count
from gleanery.tasks.taxonomy.plans_config import TaxonomyPlansConfig
from gleanery.tasks.taxonomy.records import ClassSession, Syllabus, TaxonomyPlan

SUBJECTS, SESSIONS, CONCEPTS, PLANS_PER_SUBJECT = 200, 20, 5, 400
SKILLS, QUERY_TYPES, PLANS_PER_SLICE = 2000, 16, 10_000

Slice = Sequence[TaxonomyPlan] | Sequence[SkillPlan]


def syllabus(discipline: int, subject: int) -> Syllabus:
    name = f"subject {subject} of discipline {discipline}"
    return Syllabus(
        id=digest(["syllabus", name]),
        subject_id=digest(name),
        discipline_id=f"discipline-{discipline:03d}",
        discipline=f"Discipline {discipline}",
        subject=name,
        level="bachelor",
        sessions=[
            ClassSession(
                title=f"Session {session}",
                description="What the session is about, in a sentence.",
                concepts=[f"Key concept {n} of session {session}" for n in range(CONCEPTS)],
            )
            for session in range(SESSIONS)
        ],
        calls=[],
    )


def taxonomy_slices(plans: int, store: Store) -> Iterator[Slice]:
    config = TaxonomyPlansConfig(plans_per_subject=min(plans, PLANS_PER_SUBJECT))
    subjects = -(-plans // config.plans_per_subject)
    for discipline, first in enumerate(range(0, subjects, SUBJECTS)):
        count = min(SUBJECTS, subjects - first)
        drawer = TaxonomyPlans([syllabus(discipline, n) for n in range(count)], config)
        yield from map(drawer.slice, range(slice_count(config)))


def skill_slices(plans: int, store: Store) -> Iterator[Slice]:
    skills = [
        Skill(id=digest(n), name=str(n), definition="", topic="", aliases=[], origin="written")
        for n in range(SKILLS)
    ]
    types = [
        QueryType(id=digest(["type", n]), name=str(n), definition="", example="")
        for n in range(QUERY_TYPES)
    ]
    config = SkillPlansConfig(count=plans, plans_per_slice=PLANS_PER_SLICE)
    epochs = seal_epochs(store, skills, types, config)
    yield from EpochPlans(epochs, 1)


def write(slices: Iterator[Slice], record: type[Record], store: Store) -> tuple[int, float, float]:
    """Return how many plans were written, and the CPU seconds that drawing and writing took."""
    rows = number = 0
    drawing = writing = 0.0
    started = time.process_time()
    while plans := next(slices, None):
        drawn = time.process_time()
        with RowSpool(record) as spool:
            spool.extend(plans)
            spool.close()
            store.write_file(f"plans/{number:05d}.parquet", spool.path)
        rows, number = rows + len(plans), number + 1
        del plans  # a part's task is over now, and so are its rows
        drawing, writing = drawing + drawn - started, writing + time.process_time() - drawn
        started = time.process_time()
    return rows, drawing, writing


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--method", choices=["taxonomy", "skills"], required=True)
    parser.add_argument("--plans", type=int, default=1_000_000)
    arguments = parser.parse_args()
    taxonomy = arguments.method == "taxonomy"
    with tempfile.TemporaryDirectory() as folder:
        store = Store(folder)
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        started = time.perf_counter()
        slices = (taxonomy_slices if taxonomy else skill_slices)(arguments.plans, store)
        rows, drawing, writing = write(slices, TaxonomyPlan if taxonomy else SkillPlan, store)
        size = sum(info.size for info in store.list("plans"))
        seconds = time.perf_counter() - started
    both, mib = drawing + writing, size / 2**20
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(f"{arguments.method}: {rows:,} plans drawn and written, {mib:,.0f} MiB in files")
    print(f"  CPU: {both:.0f} s, of which drawing {drawing:.0f} s and writing {writing:.0f} s")
    print(f"  per CPU second: {rows / drawing:,.0f} plans drawn, {rows / both:,.0f} with writing")
    print(f"  wall: {seconds:.0f} s, {rows / seconds:,.0f} plans/s")
    print(f"  peak memory {peak / 2**10:.0f} MiB, {before / 2**10:.0f} before the first plan")


if __name__ == "__main__":
    main()
