"""A wheel brings the dataset, built and judged when it is made, and it is used only while it is true."""

import importlib.util
import os
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from qwen_kg import root as root_module
from qwen_kg.dataset import Build
from qwen_kg.root import DATASET, DIGESTS, SOURCES, digests, keep, prebuilt

#: All that the build of a wheel reads.
PARTS = (*SOURCES, "src", "hatch_build.py", "pyproject.toml", "README.md", "LICENSE", "LICENSE-DATA")


# --- when the dataset that came with the package is used


@pytest.fixture
def installed(small: Path, small_built: Build, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The packaged root of an installed wheel, dataset included, to be changed."""
    packaged = tmp_path / "site-packages" / "qwen_kg" / "packaged"
    for part in SOURCES:
        shutil.copytree(small / part, packaged / part)
    (packaged.parent / "program.py").write_text("print('all of it')\n")
    monkeypatch.setattr(root_module, "_PACKAGE", packaged.parent)
    (packaged / DATASET).write_bytes(small_built.quads)
    (packaged / DIGESTS).write_text(digests(packaged, small_built.quads), "ascii")
    return packaged


def test_the_packaged_dataset_is_used_for_the_packaged_root(installed: Path, small_built: Build) -> None:
    assert prebuilt(installed) == small_built.quads


def test_it_is_used_for_another_root_that_says_the_same(
    installed: Path, small_built: Build, small: Path
) -> None:
    assert prebuilt(small) == small_built.quads


def _edit(packaged: Path) -> None:
    path = packaged / "data" / "release.yaml"
    path.write_text(path.read_text("utf-8") + "\n", "utf-8")


def _truncate(packaged: Path) -> None:
    quads = (packaged / DATASET).read_bytes()
    (packaged / DATASET).write_bytes(quads[: quads.rindex(b"\n", 0, len(quads) // 2) + 1])


CHANGES: dict[str, Callable[[Path], object]] = {
    "a file edited": _edit,
    "a file added": lambda packaged: (packaged / "data" / "models" / "new.yaml").write_text("id: New\n"),
    "a file taken away": lambda packaged: (packaged / "queries" / "successors.rq").unlink(),
    "a file renamed": lambda packaged: (packaged / "queries" / "largest.rq").rename(packaged / "queries" / "big.rq"),
    "a shape edited": lambda packaged: (packaged / "shapes" / "shapes.ttl").write_text("# nothing is asked\n"),
    "the program edited": lambda packaged: (packaged.parent / "program.py").write_text("print('less')\n"),
    "a check taken away": lambda packaged: (packaged / "shapes" / "checks" / "circle.rq").unlink(),
    "the dataset cut at the end of a line": _truncate,
    "no dataset": lambda packaged: (packaged / DATASET).unlink(),
    "no digests": lambda packaged: (packaged / DIGESTS).unlink(),
}  # fmt: skip


@pytest.mark.parametrize("change", CHANGES)
def test_after_a_change_it_is_not_used(change: str, installed: Path) -> None:
    CHANGES[change](installed)
    assert prebuilt(installed) is None


@pytest.fixture
def checkout(small: Path, small_built: Build, tmp_path: Path) -> Path:
    """A checkout that was built once."""
    home = tmp_path / "checkout"
    for part in SOURCES:
        shutil.copytree(small / part, home / part)
    (home / "pyproject.toml").touch()
    keep(home, small_built.quads)
    return home


def test_a_checkout_keeps_what_was_built_last(checkout: Path, small_built: Build) -> None:
    assert prebuilt(checkout) == small_built.quads
    assert sorted(path.name for path in (checkout / "build").iterdir()) == [DATASET, DIGESTS]
    _edit(checkout)
    assert prebuilt(checkout) is None
    keep(checkout, small_built.quads)
    assert prebuilt(checkout) == small_built.quads


def test_what_is_no_checkout_is_left_as_it_is(checkout: Path, small_built: Build) -> None:
    shutil.rmtree(checkout / "build")
    (checkout / "pyproject.toml").unlink()
    keep(checkout, small_built.quads)
    assert not (checkout / "build").exists()


def test_a_checkout_where_nothing_can_be_kept_is_no_fault(checkout: Path, small_built: Build) -> None:
    shutil.rmtree(checkout / "build")
    (checkout / "build").write_text("a file, not a directory")
    keep(checkout, small_built.quads)
    assert (checkout / "build").read_text() == "a file, not a directory"


# --- how a wheel gets it; this runs the build backend itself, on a copy of the checkout

needs_backend = pytest.mark.skipif(
    importlib.util.find_spec("hatchling") is None, reason="the build backend, hatchling, is not installed"
)


def _copy(root: Path, directory: Path) -> Path:
    for part in PARTS:
        source, target = root / part, directory / part
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, target)
    return directory


def _backend(checkout: Path, function: str, output: Path) -> "subprocess.CompletedProcess[str]":
    """Call a function of the build backend, as PEP 517 says: in the source tree, in a process of its own."""
    command = [sys.executable, "-c", f"import hatchling.build as b; b.{function}({str(output)!r})"]
    output.mkdir(exist_ok=True)
    return subprocess.run(command, cwd=checkout, capture_output=True, text=True, check=False, timeout=300)


@pytest.fixture(scope="session")
def unpacked(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The content of a wheel that was made of a source distribution."""
    work = tmp_path_factory.mktemp("wheel")
    checkout = _copy(root, work / "checkout")
    made = _backend(checkout, "build_sdist", work / "sdist")
    assert made.returncode == 0, made.stderr
    with tarfile.open(next((work / "sdist").glob("*.tar.gz"))) as archive:
        archive.extractall(work, filter="data")
    made = _backend(next(work.glob("qwen_kg-*")), "build_wheel", work / "dist")
    assert made.returncode == 0, made.stderr
    with zipfile.ZipFile(next((work / "dist").glob("*.whl"))) as wheel:
        wheel.extractall(work / "unpacked")
    return work / "unpacked"


@needs_backend
def test_a_wheel_holds_the_bytes_that_a_build_makes(unpacked: Path, built: Build) -> None:
    assert (unpacked / "qwen_kg" / "packaged" / DATASET).read_bytes() == built.quads


@needs_backend
def test_what_is_unpacked_gives_it_away_from_the_checkout(
    unpacked: Path, built: Build, tmp_path: Path
) -> None:
    """In a process that finds the package only in the wheel, so that nothing of the checkout helps."""
    program = (
        "import sys; from qwen_kg import root\n"
        "print(root.__file__, file=sys.stderr)\n"
        "sys.stdout.buffer.write(root.prebuilt(root.find_root()) or b'')"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(unpacked)},
        capture_output=True,
        check=True,
        timeout=60,
    )
    assert ran.stderr.decode().startswith(str(unpacked))
    assert ran.stdout == built.quads


@needs_backend
@pytest.mark.skipif(shutil.which("sha256sum") is None, reason="there is no sha256sum here")
def test_sha256sum_confirms_the_digests(unpacked: Path) -> None:
    command = ["sha256sum", "--check", "--strict", "--quiet", DIGESTS]
    subprocess.run(command, cwd=unpacked / "qwen_kg" / "packaged", check=True, timeout=60)


@needs_backend
def test_an_editable_install_packs_no_dataset(root: Path, tmp_path: Path) -> None:
    spec = importlib.util.spec_from_file_location("hatch_build", root / "hatch_build.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    hook = module.WheelBuildHook(str(root), {}, None, None, str(tmp_path), "wheel")
    build_data = {"force_include": {"data": "qwen_kg/packaged/data"}}
    hook.initialize("editable", build_data)
    hook.finalize("editable", build_data, "")
    assert build_data == {"force_include": {"data": "qwen_kg/packaged/data"}}


@needs_backend
@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("density: sparse", "density: thick", 'unknown word "thick"; one of dense, sparse is expected'),
        ("value: 3B", "value: 300B", "active parameters are at most the total parameters"),
    ],
    ids=["cannot be read", "does not conform"],
)
def test_no_wheel_is_made_of_data_that_are_refused(
    old: str, new: str, told: str, root: Path, small: Path, tmp_path: Path
) -> None:
    checkout = _copy(root, tmp_path / "checkout")
    shutil.rmtree(checkout / "data")
    shutil.copytree(small / "data", checkout / "data")
    path = checkout / "data" / "models" / "qwen3.yaml"
    before, found, after = path.read_text("utf-8").partition(old)
    assert found
    path.write_text(before + new + after, "utf-8")
    made = _backend(checkout, "build_wheel", tmp_path / "dist")
    assert made.returncode != 0
    line = 1 + before.count("\n")
    assert re.search(rf"^data/models/qwen3\.yaml:{line}:\d+: .*{re.escape(told)}", made.stderr, re.M)
    assert not list((tmp_path / "dist").iterdir())
