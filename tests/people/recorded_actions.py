"""Which actions the code may write into the audit log, read out of its source."""

import ast
import re

from tests.test_guardrails import ROOT

ACTION = re.compile(r"[a-z_]+\.[a-z_]+")
NOT_ACTIONS = {"DomainError", "url_for", "render_template", "ForeignKey", "may_open", "HomeLink"}


def literals(node):
    """String literals of this shape, but for those that name a refusal, a page or a column."""
    if isinstance(node, ast.Call):
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if name in NOT_ACTIONS:
            return
    if isinstance(node, ast.JoinedStr):
        start = node.values[0]
        if isinstance(start, ast.Constant) and re.fullmatch(r"[a-z_]+\.", str(start.value)):
            yield f"{start.value}*"
        return
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and ACTION.fullmatch(node.value):
        yield node.value
    for child in ast.iter_child_nodes(node):
        yield from literals(child)


def recorded_actions():
    """{action, or noun.* where the verb follows from a value: file}"""
    found = {}
    for path in sorted(ROOT.rglob("*.py")):
        source = path.read_text(encoding="utf-8")
        if path.parent.name in {"phrases", "views"} and "audit.record" not in source:
            continue
        if "audit.record(" in source or re.search(r"^from lms\.core\.audit import .*record", source, re.M):
            for text in literals(ast.parse(source)):
                found.setdefault(text, path.relative_to(ROOT).as_posix())
    return found
