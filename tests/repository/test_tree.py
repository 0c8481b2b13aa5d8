"""The rules of the tree: where files stand, how they are called, what they must not contain."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import yaml

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# Modules without a test file of their own. This set only ever shrinks; an entry names its reason.
WITHOUT_MIRROR: frozenset[str] = frozenset()

# Names that say how code is packaged and not what it decides; they become the largest files.
BANNED = frozenset({"util", "utils", "helper", "helpers", "base", "manager", "managers", "common", "misc"})

_TOP = ("monitor", "collectors", "rules", "dashboards", "systemd", "tests", "docs", ".ci")
# A path of somebody's machine; a URL that happens to hold such a word has a letter before the slash.
_MACHINE_PATH = re.compile(rb"(?<![\w.~%-])/(?:work|root|tmp)/")
_REGISTRY = re.compile(rb"pypi\.org|pythonhosted\.org|npmjs\.(?:org|com)|deb\.debian\.org|proxy\.golang\.org")


def test_every_module_has_its_test_file(root: Path) -> None:
    """`monitor/x/y.py` is tested by `tests/monitor/x/test_y.py`."""
    missing = {str(module) for module in _modules(root) if not _mirror(root, module).exists()}

    assert sorted(missing - WITHOUT_MIRROR) == []


def test_exceptions_from_the_mirror_shrink(root: Path) -> None:
    """An entry whose module is gone, or has a test file now, is struck out."""
    missing = {str(module) for module in _modules(root) if not _mirror(root, module).exists()}

    assert sorted(WITHOUT_MIRROR - missing) == []


def test_no_file_is_named_for_its_packaging(root: Path) -> None:
    """A file's name says what it decides."""
    found = [str(path.relative_to(root)) for path in _files(root) if BANNED & {path.stem, path.parent.name}]

    assert found == []


def test_no_file_names_a_path_of_a_machine(root: Path) -> None:
    """The tree works wherever it is cloned."""
    assert _naming(root, _MACHINE_PATH) == []


def test_no_file_names_a_package_registry(root: Path) -> None:
    """Where packages come from is the installer's setting."""
    assert _naming(root, _REGISTRY) == []


def test_every_yaml_file_of_the_rules_loads(root: Path) -> None:
    """A rule file that cannot be read stops the start-up everywhere at once."""
    empty = [
        str(path.relative_to(root))
        for suffix in ("yaml", "yml")
        for path in sorted((root / "rules").rglob(f"*.{suffix}"))
        if yaml.load(path.read_bytes(), Loader=yaml.CSafeLoader) is None
    ]

    assert empty == []


def _modules(root: Path) -> list[Path]:
    found = [path for package in ("monitor", "collectors") for path in (root / package).rglob("*.py")]
    return sorted(path.relative_to(root) for path in found if path.stem not in {"__init__", "__main__"})


def _mirror(root: Path, module: Path) -> Path:
    return root / "tests" / module.parent / f"test_{module.name}"


def _files(root: Path) -> Iterator[Path]:
    """Files of the source tree, without what tools leave behind."""
    yield from (path for path in sorted(root.iterdir()) if path.is_file())
    for top in _TOP:
        for path in sorted((root / top).rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                yield path


def _naming(root: Path, pattern: re.Pattern[bytes]) -> list[str]:
    """Places in text files (no NUL octet) that match."""
    found = []
    for path in _files(root):
        content = path.read_bytes()
        if b"\0" in content or path == root / "tests" / "repository" / "test_tree.py":
            continue
        found += [f"{path.relative_to(root)}: {match[0].decode()}" for match in pattern.finditer(content)]
    return found
