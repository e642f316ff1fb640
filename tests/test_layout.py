"""The layout of the repository: what may stand where, and what may import what."""

import ast
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[1]
LAYERS = ("infra", "tasks", "flows", "deployments")  # each may import itself and those before it
SCRIPTS = ("deployments/quickstart", "infra/vllm")  # folders without modules of ours

LONGEST_FILE = 300
LONGEST_FUNCTION = 60
NAMES_THAT_SAY_NOTHING = {"utils", "util", "helpers", "helper", "common", "manager", "base", "misc"}
# They take seconds to load or are not installed everywhere: imported where they are used.
HEAVY = {
    "torch",
    "vllm",
    "fasttext",
    "matplotlib",
    "datasets",
    "trl",
    "peft",
    "ray",
    "transformers",
    "lm_eval",
}

# What runs in a process of its own, which is there for these packages.
HEAVY_PROCESSES = ("tasks/training/process_", "tasks/evaluation/process_")

MACHINE = re.compile(
    r"(?<![\w.])/(?:work)/(?:main|env|shared)\b|(?<![\w./])/(?:home|Users)/(?!you/)[a-z]\w*/"
)
PACKAGE_INDEX = re.compile(
    r"(?:extra-)?index-(?:url)\b|(?:files\.pythonhosted|test\.pypi)\.org|https?://[^\s/]*/[^\s]*/simple\b"
)
SECRET = re.compile(
    r"\bAKIA[0-9A-Z]{16}\b|-----(?:BEGIN)[A-Z ]* PRIVATE KEY|\b(?:ghp|hf|sk)_[A-Za-z0-9]{30,}"
)


def sources() -> list[str]:
    """Return the path of every module of ours, relative to the repository."""
    return sorted(
        path.relative_to(REPOSITORY).as_posix()
        for layer in LAYERS
        for path in (REPOSITORY / layer).rglob("*.py")
        if "__pycache__" not in path.parts
    )


def modules() -> list[str]:
    """Return the modules that install, without the scripts beside them."""
    return [path for path in sources() if not path.startswith(SCRIPTS)]


def light_modules() -> list[str]:
    """Return the modules that load quickly, and where no model can run."""
    return [path for path in modules() if not path.startswith(HEAVY_PROCESSES)]


@cache
def tree(path: str) -> ast.Module:
    return ast.parse((REPOSITORY / path).read_text(encoding="utf-8"), path)


def imports(node: ast.AST) -> Iterator[tuple[int, str]]:
    """Yield line and full name of everything imported below a node."""
    for found in ast.walk(node):
        if isinstance(found, ast.Import):
            for alias in found.names:
                yield found.lineno, alias.name
        elif isinstance(found, ast.ImportFrom):
            for alias in found.names:
                yield found.lineno, f"{found.module}.{alias.name}"


def loaded_with(module: ast.Module) -> Iterator[tuple[int, str]]:
    """Yield what is imported as soon as the module is: not what functions import."""
    open_nodes: list[ast.AST] = [module]
    while open_nodes:
        node = open_nodes.pop()
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield from imports(node)
        elif isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            open_nodes += node.orelse
        elif not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            open_nodes += ast.iter_child_nodes(node)


def tracked_texts() -> Iterator[tuple[str, str]]:
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=REPOSITORY, capture_output=True, check=True
    ).stdout.decode()
    for name in filter(None, listed.split("\0")):
        path = REPOSITORY / name
        if path.is_file() and not path.is_symlink():
            try:
                yield name, path.read_text(encoding="utf-8")
            except UnicodeDecodeError:
                continue


def setuptools_config() -> tuple[list[str], dict[str, str]]:
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))
    config = project["tool"]["setuptools"]
    return config["packages"], config["package-dir"]


# Packages


def test_every_package_is_listed_with_its_folder() -> None:
    packages, folders = setuptools_config()
    found = {path.rpartition("/")[0] for path in sources() if path.endswith("__init__.py")}
    expected = {"gleanery." + folder.replace("/", "."): folder for folder in found}
    assert sorted(packages) == sorted(expected)
    assert folders == expected


def test_every_folder_with_modules_is_a_package() -> None:
    folders = {path.rpartition("/")[0] for path in modules()}
    assert [name for name in folders if not (REPOSITORY / name / "__init__.py").is_file()] == []


def test_tests_are_no_packages() -> None:
    """A `tests/tasks/__init__.py` would hide a package of ours."""
    assert list((REPOSITORY / "tests").rglob("__init__.py")) == []


def test_type_checker_sees_every_layer() -> None:
    subprocess.run(["make", ".typecheck/gleanery"], cwd=REPOSITORY, capture_output=True, check=True)
    links = {link.name: link.resolve() for link in (REPOSITORY / ".typecheck/gleanery").iterdir()}
    assert links == {layer: REPOSITORY / layer for layer in LAYERS}


def test_wheel_holds_every_module_and_the_data_beside_them(tmp_path: Path) -> None:
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(REPOSITORY / name, tmp_path / name)
    for layer in LAYERS:
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(REPOSITORY / layer, tmp_path / layer, ignore=ignored)
    command = ["pip", "wheel", "--no-deps", "--no-build-isolation", "--quiet", "-w", "wheels", "."]
    done = subprocess.run(
        [sys.executable, "-m", *command], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    (wheel,) = (tmp_path / "wheels").glob("*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    held = {name for name in names if name.endswith(".py")}
    assert held == {f"gleanery/{path}" for path in modules()}
    data = {
        f"gleanery/{path.relative_to(tmp_path)}"
        for path in (tmp_path / "tasks").rglob("*.*")
        if path.suffix in {".yaml", ".json", ".css", ".js"}
    }
    assert {name.rpartition(".")[2] for name in data} == {"yaml", "json", "css", "js"}
    assert data <= set(names)


# Imports


@pytest.mark.parametrize("layer", LAYERS)
def test_imports_run_one_way(layer: str) -> None:
    later = LAYERS[LAYERS.index(layer) + 1 :]
    forbidden = tuple(f"gleanery.{name}" for name in later)
    wrong = [
        f"{path}:{line} imports {name}"
        for path in sources()
        if path.startswith(f"{layer}/")
        for line, name in imports(tree(path))
        if name.startswith(forbidden)
    ]
    assert wrong == []


def test_stages_never_import_each_other() -> None:
    wrong = []
    for path in sources():
        layer, _, rest = path.partition("/")
        if layer != "tasks" or "/" not in rest:
            continue
        stage = rest.partition("/")[0]
        others = {
            folder.parent.name
            for folder in (REPOSITORY / "tasks").glob("*/__init__.py")
            if folder.parent.name != stage
        }
        for line, name in imports(tree(path)):
            parts = name.split(".")
            if parts[:2] == ["gleanery", "tasks"] and parts[2] in others:
                wrong.append(f"{path}:{line} imports {name}")
    assert wrong == []


def test_only_flows_deployments_and_tasks_modules_know_prefect() -> None:
    wrong = [
        f"{path}:{line} imports {name}"
        for path in sources()
        if path.startswith(("infra/", "tasks/"))
        and not re.fullmatch(r"tasks/(\w+/)?tasks\.py", path)
        for line, name in imports(tree(path))
        if name.partition(".")[0].startswith("prefect")
    ]
    assert wrong == []


def test_nobody_imports_by_the_bare_name() -> None:
    """`import tasks` would load a second copy of every module."""
    ours = [*modules(), *(p.relative_to(REPOSITORY).as_posix() for p in modules_of_tests())]
    wrong = [
        f"{path}:{line} imports {name}"
        for path in ours
        for line, name in imports(tree(path))
        if name.partition(".")[0] in LAYERS
    ]
    assert wrong == []


def modules_of_tests() -> list[Path]:
    return [path for path in (REPOSITORY / "tests").rglob("*.py") if path.is_file()]


def test_heavy_packages_are_imported_where_they_are_used() -> None:
    wrong = [
        f"{path}:{line} imports {name}"
        for path in light_modules()
        for line, name in loaded_with(tree(path))
        if name.partition(".")[0] in HEAVY
    ]
    assert wrong == []


def test_only_a_process_of_its_own_loads_what_is_there_for_it() -> None:
    own = tuple("gleanery." + process.replace("/", ".") for process in HEAVY_PROCESSES)
    wrong = [
        f"{path}:{line} imports {name}"
        for path in light_modules()
        for line, name in imports(tree(path))
        if name.startswith(own)
    ]
    assert wrong == []


def test_every_module_loads_and_none_brings_a_heavy_package_with_it() -> None:
    names = [
        "gleanery." + path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
        for path in light_modules()
    ]
    program = (
        "import importlib, sys\n"
        f"for name in {names!r}:\n    importlib.import_module(name)\n"
        f"print(*sorted({HEAVY!r} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == []


# Files, functions, names


def test_no_module_is_longer_than_one_idea() -> None:
    lengths = {path: len((REPOSITORY / path).read_text().splitlines()) for path in sources()}
    assert {path: length for path, length in lengths.items() if length > LONGEST_FILE} == {}


def test_no_function_is_longer_than_a_screen() -> None:
    tests = [path.relative_to(REPOSITORY).as_posix() for path in modules_of_tests()]
    long = {
        f"{path}:{node.lineno} {node.name}": length
        for path in [*sources(), *tests]
        for node in ast.walk(tree(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (length := (node.end_lineno or 0) - node.lineno + 1) > LONGEST_FUNCTION
    }
    assert long == {}


def test_every_module_is_named_after_what_it_does() -> None:
    wrong = [
        path
        for path in sources()
        if NAMES_THAT_SAY_NOTHING & {*Path(path).stem.split("_"), *Path(path).parent.parts}
    ]
    assert wrong == []


# What must not be in the repository


def test_no_file_names_this_machine_a_package_index_or_a_secret() -> None:
    wrong = [
        f"{name}:{text.count(chr(10), 0, found.start()) + 1} has {found.group()!r}"
        for name, text in tracked_texts()
        for pattern in (MACHINE, PACKAGE_INDEX, SECRET)
        for found in pattern.finditer(text)
    ]
    assert wrong == []
