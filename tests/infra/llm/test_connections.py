"""Open files: each test runs in a process of its own, whose limits it may change."""

import subprocess
import sys

ALLOW = """
import resource
resource.setrlimit(resource.RLIMIT_NOFILE, ({soft}, {hard}))
from gleanery.infra.llm.connections import allow_connections
allow_connections({count})
print(resource.getrlimit(resource.RLIMIT_NOFILE)[0])
"""


def allow(soft: int, hard: int, count: int) -> subprocess.CompletedProcess[str]:
    code = ALLOW.format(soft=soft, hard=hard, count=count)
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)


def test_a_low_soft_limit_is_raised():
    assert int(allow(soft=100, hard=4000, count=1024).stdout) >= 1024


def test_a_limit_that_suffices_is_left_alone():
    assert int(allow(soft=2000, hard=4000, count=1024).stdout) == 2000


def test_a_hard_limit_that_is_too_low_is_an_error_that_says_so():
    done = allow(soft=100, hard=500, count=1024)
    assert done.returncode
    assert "1024 requests at a time need 1280 open files, and this system allows 500" in done.stderr
