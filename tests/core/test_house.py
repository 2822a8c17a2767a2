"""The room `core/` stands alone: what it imports and what it opens."""

import ast
import subprocess
import sys
from pathlib import Path

CORE = Path(__file__).parents[2] / "core"
ALLOWED = {"hubbub", "pydantic", "pydantic_core", "pydantic_settings", "yaml", "ahocorasick"}

WATCHED = """
import sys
from pathlib import Path
from hubbub.core import insight, ports, records, settings
from hubbub.core.matching import examples, matcher

done = []
def note(event, args):
    if event in ("open", "socket.connect", "subprocess.Popen", "os.mkdir", "sqlite3.connect"):
        done.append((event, str(args[0])))
sys.addaudithook(note)
settings.load_settings()
brands = settings.load_listening(Path(sys.argv[1])).brands
matcher.Matcher(brands).find("lumo")
examples.check_examples(brands)
print(done == [("open", sys.argv[1])], done)
print(sorted({"prefect", "torch", "numpy", "elasticsearch", "praw", "transformers"} & set(sys.modules)))
"""


def imported(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            names.add(node.module or "")
    return names


def test_core_imports_nothing_but_its_few_libraries():
    files = list(CORE.rglob("*.py"))
    assert {"matcher.py", "ports.py"} <= {path.name for path in files}
    for path in files:
        for name in imported(path):
            root = name.partition(".")[0]
            assert root in ALLOWED or root in sys.stdlib_module_names, f"{path.name} imports {name}"
            assert root != "hubbub" or name.startswith("hubbub.core"), f"{path.name} imports {name}"


def test_core_opens_nothing_but_its_settings_file(tmp_path):
    file = tmp_path / "hubbub.yaml"
    file.write_text("brands: [{name: Lumo, should_match: [lumo]}]", encoding="utf-8")
    ran = subprocess.run([sys.executable, "-c", WATCHED, str(file)], capture_output=True, text=True, check=True)
    opened, heavy = ran.stdout.splitlines()
    assert opened.startswith("True "), opened
    assert heavy == "[]"
