"""The house rules, checked. A failing test here says which rule and how to mend it."""

import ast
import re
from pathlib import Path

import pytest
from jinja2 import nodes

REPOSITORY = Path(__file__).parent.parent
ROOT = REPOSITORY / "lms"

# A stack of shelves: a package may import from those below it, never above.
SHELVES = ["app", "demo", "operations", "reports", "campaign", "rosters", "certificates", "assessment", "courses", "people",
           "framework", "web", "core"]
# Inside one feature, the same idea file by file.
LAYERS = ["cli", "views", "forms", "content", "services", "queries", "rules", "documents", "models"]
WITHOUT_FLASK = {"services", "queries", "rules", "documents", "models"}
MAY_CROSS = {"services", "queries", "rules", "documents", "models", "item_types", "rounds"}  # what another feature may import
EVERYBODY_USES = {"web", "core"}
REQUIRED_LIBRARIES = {"flask_sqlalchemy", "flask_login", "wtforms", "markdown", "bleach"}
TOP_LEVEL = {
    ".ci", ".gitignore", "CHANGELOG.md", "CONTRIBUTING.md", "LICENSE", "Makefile", "README.md", "README.vi.md", "bench",
    "courses_content", "docs", "lms", "migrations", "pyproject.toml", "requirements-dev.txt", "requirements.txt",
    "start.py", "tests", "tools",
}


def modules():
    for path in sorted(ROOT.rglob("*.py")):
        yield path, ".".join(("lms", *path.relative_to(ROOT).with_suffix("").parts)).removesuffix(".__init__")


MODULES = [pytest.param(p, n, id=n) for p, n in modules()]


def imports(path, name):
    package = name if path.name == "__init__.py" else name.rpartition(".")[0]
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = ".".join(package.split(".")[: len(package.split(".")) - node.level + 1]) if node.level else ""
            target = ".".join(filter(None, (base, node.module)))
            yield target, node.lineno
            yield from ((f"{target}.{alias.name}", node.lineno) for alias in node.names)


def shelf(name):
    parts = name.split(".")
    return parts[1] if parts[0] == "lms" and len(parts) > 1 else None


def layer(name):
    parts = name.split(".")
    return parts[2] if len(parts) > 2 else None


@pytest.mark.parametrize(("path", "name"), [m for m in MODULES if m.values[1] != "lms"])
def test_imports_point_down_the_stack(path, name):
    assert shelf(name) in SHELVES, f"add {shelf(name)} to SHELVES, at its place in the stack"
    for target, line in imports(path, name):
        where = f"{path.relative_to(REPOSITORY)}:{line} imports {target}"
        if layer(name) in WITHOUT_FLASK and shelf(name) not in EVERYBODY_USES and target != "flask_login.UserMixin":
            assert not re.match(r"flask(\.|$)|flask_login\.current_user|flask_babel", target), (
                f"{where}: {layer(name)} knows no request; take what you need as an argument")
        if shelf(target) is None or shelf(target) == "__version__":
            continue
        assert shelf(target) in SHELVES, f"{where}: unknown package"
        assert SHELVES.index(shelf(target)) >= SHELVES.index(shelf(name)), f"{where}: that package is above this one"
        if shelf(target) == shelf(name) and {layer(target), layer(name)} <= set(LAYERS):
            assert LAYERS.index(layer(target)) >= LAYERS.index(layer(name)), (
                f"{where}: {layer(target)} is above {layer(name)}")
        if shelf(target) != shelf(name) and shelf(name) != "app" and shelf(target) not in EVERYBODY_USES:
            assert layer(target) in MAY_CROSS | {None}, f"{where}: other features may use only {sorted(MAY_CROSS)}"


@pytest.mark.parametrize(("path", "name"), MODULES)
def test_only_views_and_commands_commit(path, name):
    if layer(name) not in {"services", "queries", "rules", "models"} or shelf(name) in EVERYBODY_USES:
        return
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Attribute) and node.attr == "commit":
            pytest.fail(f"{name}:{node.lineno} commits; rules flush, the page or the command commits once")


@pytest.mark.parametrize(("path", "name"), MODULES)
def test_files_and_functions_stay_small(path, name):
    source = path.read_text(encoding="utf-8")
    assert source.count("\n") <= 400, "split this file by noun"
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert node.end_lineno - node.lineno < 40, f"{node.name}: give its parts names"


@pytest.mark.parametrize(("path", "name"), MODULES)
def test_public_rules_and_services_have_docstrings(path, name):
    if layer(name) not in {"services", "rules", "queries"}:
        return
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
            assert ast.get_docstring(node), f"{name}.{node.name}: say what it does, its arguments and the errors it raises"


def test_no_file_is_called_utils():
    assert [p for p in ROOT.rglob("*.py") if p.stem in {"utils", "util", "helpers", "misc", "common"}] == []


def test_every_route_says_who_may_use_it(shared_app):
    silent = [r.endpoint for r in shared_app.url_map.iter_rules()
              if not hasattr(shared_app.view_functions[r.endpoint], "access")]
    assert silent == [], "add @public, @signed_in, @requires(rule) or @machine"


def test_urls_are_kebab_case(shared_app):
    rules = [r.rule for r in shared_app.url_map.iter_rules()]
    assert [r for r in rules if re.search("[A-Z_]", re.sub("<[^>]*>", "", r))] == []


TEMPLATES = [pytest.param(p, id=p.relative_to(ROOT).as_posix()) for p in sorted(ROOT.rglob("templates/**/*.html"))]


@pytest.mark.parametrize("path", TEMPLATES)
def test_templates_import_only_what_they_call(shared_app, path):
    tree = shared_app.jinja_env.parse(path.read_text(encoding="utf-8"))
    taken = {n if isinstance(n, str) else n[1] for i in tree.find_all(nodes.FromImport) for n in i.names}
    called = {c.node.name for c in tree.find_all(nodes.Call) if isinstance(c.node, nodes.Name)}
    assert taken <= called, f"not called: {taken - called}"


@pytest.mark.parametrize("path", TEMPLATES)
def test_templates_are_short_and_without_inline_code(path):
    text = path.read_text(encoding="utf-8")
    assert text.count("\n") <= 150, "cut it into includes or macros"
    assert not re.search(r"<script(?![^>]*\bsrc=)|\sstyle=|\son[a-z]+=|\|\s*safe\b", text), "no inline script, style or |safe"


COMPONENTS = [pytest.param(p, id=p.name) for p in sorted(ROOT.rglob("templates/components/*.html"))]


@pytest.mark.parametrize("path", COMPONENTS)
def test_every_component_macro_is_used(path):
    everything = "\n".join(p.read_text(encoding="utf-8") for p in ROOT.rglob("*.html"))
    for macro in re.findall(r"{%-? macro (\w+)", path.read_text(encoding="utf-8")):
        uses = len(re.findall(rf"\b{macro}\(", everything)) - 1
        assert uses > 0, f"macro {macro} is called nowhere"


def test_the_required_libraries_carry_work():
    taken = {target.split(".")[0] for path, name in modules() for target, _ in imports(path, name)}
    assert taken >= REQUIRED_LIBRARIES


def test_only_one_module_knows_the_sanitisers():
    knowing = {name for path, name in modules() for target, _ in imports(path, name)
               if target.split(".")[0] in {"bleach", "nh3", "markdown"}}
    assert knowing == {"lms.web.markdown"}


def test_the_top_level_holds_the_layout_and_nothing_stray():
    import subprocess

    tracked = subprocess.run(["git", "ls-files"], cwd=REPOSITORY, capture_output=True, text=True, check=True).stdout
    assert {line.split("/")[0] for line in tracked.splitlines()} <= TOP_LEVEL


def test_locks_hold_no_addresses():
    for path in REPOSITORY.glob("requirements*.txt"):
        assert not re.search(r"https?://|index-url|find-links", path.read_text(encoding="utf-8")), path.name


POSIX_ONLY = {"fcntl", "pwd", "grp", "resource", "termios", "pty", "syslog"}


@pytest.mark.parametrize(("path", "name"), [*MODULES, pytest.param(REPOSITORY / "start.py", "start", id="start")])
def test_nothing_on_the_start_path_is_posix_only(path, name):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in tree.body:  # imports inside functions are guarded by the platform
        if isinstance(node, ast.Import | ast.ImportFrom):
            taken = [a.name for a in node.names] if isinstance(node, ast.Import) else [node.module or ""]
            names = {one.split(".")[0] for one in taken}
            assert not names & POSIX_ONLY, f"{name} imports {names & POSIX_ONLY} at the top"
