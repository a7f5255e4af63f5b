"""The pages' rules, as tests: keys of the session and names of the URL are members of one module."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from modelops_core.ui.kit.keys import StateKey, UrlName, WidgetKey

ROOT = Path(__file__).parents[3]
KEYS = ROOT / "modelops_core/ui/kit/keys.py"
#: what holds values by key, and the methods that take one
STORES = ("session_state", "query_params")
READS = ("get", "pop", "setdefault")
#: functions of ui/kit/state.py that take a parameter's name
STATE = (
    "bind_widget",
    "param",
    "set_param",
    "on_widget_change",
    "reject_param",
    "complete_param",
    "current_param",
)


def sources():
    """Modules of the pages, without the one that holds the keys."""
    found = [*(ROOT / "modelops_core/ui").rglob("*.py"), *(ROOT / "pages").glob("*.py")]
    return sorted(path for path in found if path != KEYS)


def bare(node, constants):
    """Whether an expression is a literal string, directly or by a constant of its module."""
    if isinstance(node, ast.Name):
        node = constants.get(node.id)
    return isinstance(node, ast.JoinedStr) or (
        isinstance(node, ast.Constant) and isinstance(node.value, str)
    )


def constants_of(tree):
    """Values of a module's own names."""
    return {
        target.id: node.value
        for node in tree.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }


def holder(node):
    """The last name of ``st.session_state`` or ``state.set_param``'s ``state``."""
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def defaults_of(function):
    """What ``key`` is where the caller gives none, of a function that hands it on as a key."""
    if not any(isinstance(node, ast.keyword) and node.arg == "key" for node in ast.walk(function)):
        return []
    arguments = [*function.args.posonlyargs, *function.args.args]
    defaults = function.args.defaults
    with_default = zip(arguments[len(arguments) - len(defaults) :], defaults, strict=True)
    only_by_name = zip(function.args.kwonlyargs, function.args.kw_defaults, strict=True)
    return [value for a, value in (*with_default, *only_by_name) if a.arg == "key" and value]


def keys_of(node):
    """Expressions of *node* that are keys of the session, the URL or a widget."""
    if isinstance(node, ast.Subscript) and holder(node.value) in STORES:
        yield node.slice
    if isinstance(node, ast.Compare):
        yield from (node.left for other in node.comparators if holder(other) in STORES)
    if isinstance(node, ast.FunctionDef):
        yield from defaults_of(node)
    if not isinstance(node, ast.Call):
        return
    yield from (k.value for k in node.keywords if k.arg == "key")
    if isinstance(node.func, ast.Attribute) and node.args:
        owner = holder(node.func.value)
        if (owner in STORES and node.func.attr in READS) or (
            owner == "state" and node.func.attr in STATE
        ):
            yield node.args[0]


def bare_keys(text):
    """Lines of *text* with a bare key."""
    tree = ast.parse(text)
    constants = constants_of(tree)
    return [key.lineno for node in ast.walk(tree) for key in keys_of(node) if bare(key, constants)]


def test_keys_are_members_of_one_module():
    """No bare string is a key of the session, a parameter of the URL or a widget's key."""
    found = [
        f"{path.relative_to(ROOT)}:{line}"
        for path in sources()
        for line in bare_keys(path.read_text("utf-8"))
    ]

    assert len(sources()) > 50
    assert found == []


@pytest.mark.parametrize(
    "text",
    [
        'st.session_state["part"]',
        'st.session_state["part"] = 1',
        'st.session_state.get("part", 1)',
        'st.session_state.pop(f"part.{i}", None)',
        'st.query_params["part"]',
        '"part" in st.session_state',
        'st.button("Go", key="go")',
        'st.button("Go", key=f"go.{i}")',
        'state.set_param("part", None)',
        'PROBLEM = "problem"\nst.session_state[PROBLEM] = 1',
        'KEY = "map"\nclick_map(view, key=KEY)',
        'def failed(error, key="retry"):\n    st.button("Go", key=key)',
        'def failed(error, *, key="retry"):\n    st.button("Go", key=key)',
    ],
)
def test_the_rule_sees_bare_keys(text):
    """Each way to write one is found."""
    assert len(bare_keys(text)) == 1


def test_members_are_found_good():
    """What the pages write is no bare string."""
    assert bare_keys("st.session_state[UrlName.PART]\nst.button(key=WidgetKey.GO.of(i))") == []


def test_no_key_stands_for_two_values():
    """Names of all three kinds share the session: each value is held once."""
    every = [member.value for kind in (UrlName, StateKey, WidgetKey) for member in kind]

    assert len(set(every)) == len(every)
    assert sum(len(kind.__members__) for kind in (UrlName, StateKey, WidgetKey)) == len(every)


@pytest.mark.parametrize("kind", [UrlName, StateKey, WidgetKey])
def test_every_key_is_used(kind):
    """A key that no page uses is taken out."""
    texts = "\n".join(path.read_text("utf-8") for path in sources())

    assert [m.name for m in kind if f"{kind.__name__}.{m.name}" not in texts] == []


def test_keys_of_several_are_told_apart():
    """A part follows the kind after a dot."""
    assert WidgetKey.DOWNLOAD_CSV.of("sites") == "csv.sites"
    assert StateKey.KEPT.of(UrlName.SCENARIO) == "kept.ssp"
