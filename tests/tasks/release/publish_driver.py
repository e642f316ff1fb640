"""Publishes in forks of a process that has loaded everything, so that a kill hits work, no import.

One JSON line on the standard input for each run: root, count, and where it is to kill itself. A
line with its exit code comes back at its end.
"""

import json
import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import pandas  # noqa: F401  loaded for the forks: pyarrow asks for it
import s3fs  # noqa: F401  for S3; nobody opens it before a fork
from released_candidates import KillingStore, publish_rows


def work(job: dict[str, object]) -> None:
    root, count = str(job["root"]), int(str(job["count"]))
    store = KillingStore(root)
    store.arm(int(str(job["at"])), bool(job["after"]), float(str(job.get("delay_s", 0))))
    publish_rows(store, count)


def main() -> None:
    for line in sys.stdin:
        process = os.fork()
        if process == 0:
            code = 1
            try:
                work(json.loads(line))
                code = 0
            finally:
                os._exit(code)
        _, status = os.waitpid(process, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


if __name__ == "__main__":
    main()
