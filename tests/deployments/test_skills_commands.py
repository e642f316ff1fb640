import json
import re
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
import yaml
from typer.testing import CliRunner

from gleanery.deployments.skills import app
from gleanery.tasks.skills.skill_set import load_skills

RAW = """\
skills:
- project_management
- Project management
- summarizing
- summarization
- {name: comparing remedies, topic: Home medicine, origin: proposed, definition: Compares.}
- home_medicine
- Biology
- project_management
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GLEANERY_ROOT", str(tmp_path / "data"))
    (tmp_path / "raw.yaml").write_text(RAW)
    return tmp_path


def run(*arguments: str) -> str:
    result = CliRunner().invoke(app, list(arguments), catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return re.sub(r"\s+", " ", result.output)


def test_raw_list_becomes_a_set_with_counts_aliases_and_reasons(folder):
    output = run("merge", "raw.yaml", "skills.yaml")
    assert "summarization summarizing words 1.00" in output
    assert "home_medicine a topic: it is the name of a topic, 'Home medicine'" in output
    assert "3 skills with 1 aliases, 2 removed, 16 query types written to skills.yaml" in output
    entries = {e.skill.name: e for e in load_skills("skills.yaml").entries}
    assert entries["project_management"].count == 3
    assert entries["summarizing"].skill.aliases == ["summarization"]
    assert entries["Biology"].status == "removed"
    assert "a topic" in entries["Biology"].reason


def test_set_that_is_there_is_never_overwritten(folder):
    (folder / "skills.yaml").write_text("skills: [mine] # and a remark\n")
    with pytest.raises(ValueError, match=r"skills.yaml is there already: choose another name"):
        run("merge", "raw.yaml", "skills.yaml")
    assert (folder / "skills.yaml").read_text() == "skills: [mine] # and a remark\n"


def test_list_merged_into_a_set_changes_none_of_its_skills(folder):
    (folder / "own.yaml").write_text("skills:\n- managing projects\n- {name: Biology}\n- brevity\n")
    output = run("merge", "raw.yaml", "new.yaml", "--into", "own.yaml", "--leave-topics")
    names = [entry.skill.name for entry in load_skills("new.yaml").entries]
    assert names[:3] == ["managing projects", "Biology", "brevity"]
    assert "project_management managing projects words 1.00" in output
    assert "home_medicine" in names


def test_embedding_model_that_cannot_be_used_stops_the_merge_before_anything_is_written(folder):
    with pytest.raises(ValueError, match="give it with --embedding"):
        run("merge", "raw.yaml", "out.yaml", "--embedding-url", "http://127.0.0.1:9/v1")
    with pytest.raises(RuntimeError, match="NOT_SET"):
        run(
            *("merge", "raw.yaml", "out.yaml", "--embedding", "m"),
            *("--embedding-url", "http://127.0.0.1:9/v1", "--api-key-env", "NOT_SET"),
        )
    assert not (folder / "out.yaml").exists()


class Embeddings(BaseHTTPRequestHandler):
    """Gives "brevity" and "terseness" one vector, and everything else another."""

    def do_POST(self) -> None:
        texts = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["input"]
        near = [text.partition(":")[0] in ("brevity", "terseness") for text in texts]
        data = [{"index": n, "embedding": [1, 3] if x else [3, -1]} for n, x in enumerate(near)]
        body = json.dumps({"data": data}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


def test_embeddings_merge_what_shares_no_word_and_are_asked_once(folder):
    (folder / "own.yaml").write_text("skills: [brevity, terseness, sound structure]")
    server = ThreadingHTTPServer(("127.0.0.1", 0), Embeddings)
    Thread(target=server.serve_forever, daemon=True).start()
    model = ("--embedding", "m", "--embedding-url", f"http://127.0.0.1:{server.server_port}/v1")
    output = run("merge", "own.yaml", "new.yaml", *model)
    server.shutdown()
    server.server_close()
    assert "terseness brevity embedding 1.00" in output
    assert "2 skills with 1 aliases" in output
    run("merge", "own.yaml", "again.yaml", *model)  # from the store
    assert (folder / "again.yaml").read_bytes() == (folder / "new.yaml").read_bytes()


def test_check_names_topics_and_what_says_the_same(folder):
    (folder / "own.yaml").write_text("skills: [clarity, solving problems, problem solving, jazz]")
    output = run("check", "own.yaml")
    assert "4 skills with 0 aliases, 0 removed, 16 query types" in output
    assert "1 look like topics" in output
    assert "jazz a topic: 'jazz' is a field or a thing" in output
    assert "solving problems problem solving words 1.00" in output
    (folder / "own.yaml").write_text("skills: [clarity, brevity]")
    assert "No topic among the skills, and no two that say the same." in run("check", "own.yaml")


def test_check_of_a_bad_file_lists_all_its_problems(folder):
    with pytest.raises(ValueError, match=r"raw.yaml:3: skill 'Project management' is already"):
        run("check", "raw.yaml")


def test_show_has_every_skill_and_query_type_and_steers_no_terminal(folder):
    rows = [
        {"name": "clarity", "definition": "Says it \x1b[31mplainly.".replace("\x1b", "\u202e")},
        {"name": "gossip", "status": "removed", "reason": "unkind"},
    ]
    (folder / "own.yaml").write_text(yaml.safe_dump({"skills": rows}, allow_unicode=True))
    output = run("show", "own.yaml")
    assert "clarity" in output
    assert "gossip" not in output
    assert "\u202e" not in output
    for kind in load_skills("own.yaml").query_types:
        assert kind.name.split()[0] in output
    assert "gossip unkind" in run("show", "own.yaml", "--removed")
