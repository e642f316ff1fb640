"""The recall step in datatrove's own parts, for `recall_speed.py`; runs under its interpreter.

    python recall_speed_datatrove.py ARCHIVE MODEL LABEL THRESHOLD

Prints CPU seconds (children included, imports left out) and pages as JSON: those that its reader
took for HTML.
"""

import json
import resource
import sys
import tempfile
from pathlib import Path

from datatrove.executor import LocalPipelineExecutor
from datatrove.pipeline.extractors import Trafilatura
from datatrove.pipeline.filters import FastTextClassifierFilter
from datatrove.pipeline.readers import WarcReader
from datatrove.pipeline.writers import JsonlWriter


def used() -> float:
    usages = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


def main() -> None:
    archive, model, label, threshold = sys.argv[1:]
    label = label.removeprefix("__label__")
    with tempfile.TemporaryDirectory() as folder:
        executor = LocalPipelineExecutor(
            pipeline=[
                WarcReader(str(Path(archive).parent), glob_pattern=Path(archive).name),
                Trafilatura(),
                FastTextClassifierFilter(model, keep_labels=[(label, float(threshold))]),
                JsonlWriter(folder),
            ],
            logging_dir=f"{folder}/logs",
        )
        before = used()
        stats = executor.run()
        seconds = used() - before
    read = stats.stats[0].stats["documents"].total
    print(json.dumps({"seconds": seconds, "pages": read}))


if __name__ == "__main__":
    main()
