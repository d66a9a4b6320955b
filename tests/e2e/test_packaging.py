"""What is shipped, and what may not be in the project at all."""

import ast
import email
import json
import os
import re
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from pathlib import Path

import pytest
import yaml

from wan_ergonomic import _spec

ROOT = Path(__file__).parents[2]
# In pieces, or this file would be the first to break its own rule.
REGISTRIES = [name + ".org" for name in ("pypi", "pythonhosted", "npmjs", "anaconda")]
LOCKS = {"Pipfile.lock", "package-lock.json", "poetry.lock", "pylock.toml", "uv.lock", "yarn.lock"}


def run(*arguments, **options):
    """Run this Python, with everything it says in the failure if it fails."""
    done = subprocess.run(
        [sys.executable, *arguments], capture_output=True, text=True, check=False, **options
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def build(source, output, *kinds, **environ):
    """Build a distribution without the network, from outside the source."""
    output.mkdir()
    command = ["-P", "-m", "build", "--no-isolation", *kinds, "-o", output, source]
    run(*command, cwd=output, env={**os.environ, **environ})


def names(archive):
    """The files in an archive."""
    if archive.suffix == ".whl":
        with zipfile.ZipFile(archive) as wheel:
            return set(wheel.namelist())
    with tarfile.open(archive) as sdist:
        return {name.split("/", 1)[1] for name in sdist.getnames()}


@pytest.fixture(scope="module")
def dist(tmp_path_factory):
    """The project's sdist and wheel, each built from the project."""
    folder = tmp_path_factory.mktemp("packaging") / "dist"
    build(ROOT, folder, "--sdist", "--wheel")
    return folder


@pytest.fixture(scope="module")
def wheel(dist):
    """The wheel built from the project."""
    return next(dist.glob("*.whl"))


@pytest.fixture(scope="module")
def sdist(dist):
    """The source distribution."""
    return next(dist.glob("*.tar.gz"))


def test_the_wheel_has_one_package_with_the_client_and_the_documents(wheel):
    """Everything that runs, typed, and the contract; no tests, no scripts, no general name."""
    found = names(wheel)
    assert found >= {
        "wan_ergonomic/generated_client/py.typed",
        "wan_ergonomic/py.typed",
        "wan_ergonomic/docs/guide/money.md",
        "wan_ergonomic/gallery/page/page.html",
        "wan_ergonomic/gallery/page/page.css",
        "wan_ergonomic/gallery/page/start.js",
        "wan_ergonomic/openapi/account/account.yaml",
        "wan_ergonomic/openapi/contract.json",
        "wan_ergonomic/openapi/lock.json",
        "wan_ergonomic/openapi/upstream/create.json",
    }
    assert {name.split("/")[0].split("-")[0] for name in found} == {"wan_ergonomic"}


def about(archive):
    """The metadata of a wheel."""
    with zipfile.ZipFile(archive) as opened:
        (name,) = (each for each in opened.namelist() if each.endswith(".dist-info/METADATA"))
        return email.message_from_bytes(opened.read(name))


def test_a_release_has_addresses_and_a_readme_whose_links_work_elsewhere(wheel, tmp_path):
    """The workflow names the repository; a wheel that is built without it has no addresses."""
    repository = "https://git.example/owner/name"
    build(ROOT, tmp_path / "dist", "--wheel", WAN_REPOSITORY=repository + "/")
    released = about(next((tmp_path / "dist").iterdir()))
    addresses = [each.split(", ")[1] for each in released.get_all("Project-URL")]
    assert len(addresses) == 5
    assert all(each.startswith(repository) for each in addresses)
    text = str(released.get_payload())
    links = re.findall(r"\]\(([^)]+)\)", text)
    assert all(link.startswith("https://") for link in links)
    assert f"git clone {repository} wan-ergonomic" in text
    assert about(wheel).get_all("Project-URL") is None
    assert about(wheel)["Description-Content-Type"] == "text/markdown"


def test_the_distributions_pass_the_checks_of_an_index(dist):
    """Before a release they do, too; the tools are in the extra `release`."""
    for module in ("twine", "check_wheel_contents"):
        pytest.importorskip(module)
    run("-m", "twine", "check", "--strict", *dist.iterdir())
    run("-m", "check_wheel_contents", *dist.glob("*.whl"), cwd=ROOT)


def test_each_extra_for_users_is_tried_alone_before_a_release(load):
    """By the workflow, with a program for each."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    own = {*project["tool"]["deptry"]["optional_dependencies_dev_groups"], "s3"}
    extras = {*project["project"]["optional-dependencies"]} - own
    workflow = yaml.safe_load((ROOT / ".github" / "workflows" / "release.yml").read_text("utf-8"))
    tried = workflow["jobs"]["extras"]["strategy"]["matrix"]["extra"]
    assert {*tried} == {*load("try_extra").PROGRAMS} == extras | {"core"}


def test_the_wheel_holds_every_module(wheel):
    """None is left out by a pattern that was too narrow."""
    sources = {path.relative_to(ROOT).as_posix() for path in (ROOT / "wan_ergonomic").rglob("*.py")}
    generated = (ROOT / "generated_client").rglob("*.py")
    sources |= {f"wan_ergonomic/{path.relative_to(ROOT).as_posix()}" for path in generated}
    assert {name for name in names(wheel) if name.endswith(".py")} == sources


def test_the_sdist_holds_what_its_commands_need(sdist):
    """Whoever unpacks it can check and test it as in a checkout."""
    tests = {path.relative_to(ROOT).as_posix() for path in (ROOT / "tests").rglob("*.py")}
    documents = {path.relative_to(ROOT).as_posix() for path in (ROOT / "openapi").rglob("*.*")}
    needed = {"README.md", "SECURITY.md", "constraints.txt", "openapi/contract.json"}
    scripts = {f"scripts/{name}.py" for name in ("test", "_environment")}
    assert names(sdist) >= tests | documents | needed | scripts


def test_the_wheel_built_from_the_sdist_is_the_same(sdist, wheel, tmp_path):
    """Nothing that the wheel needs is missing from the sources."""
    with tarfile.open(sdist) as archive:
        archive.extractall(tmp_path / "source", filter="data")
    (source,) = (tmp_path / "source").iterdir()
    build(source, tmp_path / "dist", "--wheel")
    assert names(next((tmp_path / "dist").iterdir())) == names(wheel)


def test_an_installed_wheel_finds_its_own_contract(wheel, tmp_path):
    """Outside the checkout, and without any of its dependencies."""
    target = tmp_path / "installed"
    run("-m", "pip", "install", "-q", "--no-deps", "--no-index", "--target", target, wheel)
    command = "from wan_ergonomic import _spec as s; print(s.openapi_folder(), s.model())"
    environ = {**os.environ, "PYTHONPATH": str(target)}
    said = run("-P", "-c", command, cwd=tmp_path, env=environ)
    assert said == f"{target / 'wan_ergonomic' / 'openapi'} {_spec.model()}\n"


def test_an_installed_wheel_is_not_broken_by_another_generated_client(wheel, tmp_path):
    """``generated_client`` is the generator's usual name, so other packages install it too."""
    target = tmp_path / "installed"
    run("-m", "pip", "install", "-q", "--no-deps", "--no-index", "--target", target, wheel)
    other = target / "generated_client"
    other.mkdir()
    (other / "__init__.py").write_text("raise ImportError('the wrong client')\n")
    command = (
        "import wan_ergonomic.generated_client as client\n"
        "from wan_ergonomic import WanClient\n"
        "from wan_ergonomic.generated_client.api.generations import create_generation\n"
        "WanClient('a-key').close()\n"
        "print(client.__file__, create_generation.__name__)\n"
    )
    environ = {**os.environ, "PYTHONPATH": str(target)}
    place, name = run("-P", "-c", command, cwd=tmp_path, env=environ).split()
    assert place == str(target / "wan_ergonomic" / "generated_client" / "__init__.py")
    assert name == "wan_ergonomic.generated_client.api.generations.create_generation"


def test_the_repository_offers_the_generated_client_by_the_same_names():
    """The redirect exports what the generator's own package does."""
    redirect, generated = (
        (ROOT / folder / "generated_client" / "__init__.py").read_text("utf-8")
        for folder in ("wan_ergonomic", ".")
    )
    exported = [
        ast.literal_eval(node.value)
        for source in (redirect, generated)
        for node in ast.parse(source).body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__"
    ]
    assert exported[0] == exported[1]


def test_pins_are_names_and_versions_only():
    """Where packages come from is for the machine to say."""
    note, *pins = (ROOT / "constraints.txt").read_text("utf-8").splitlines()
    assert note.startswith("# ")
    assert [pin for pin in pins if not re.fullmatch(r"[A-Za-z0-9_.-]+==[0-9][\w.]*", pin)] == []


def test_the_lowest_versions_are_those_that_the_project_allows():
    """What is tested as the lowest is what pip may install."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    allowed = {
        re.sub(r"[<,].*", "", dependency).replace(">=", "==")
        for dependency in project["dependencies"]
    }
    note, *lowest = (ROOT / "constraints-lowest.txt").read_text("utf-8").splitlines()
    assert note.startswith("# ")
    assert {re.sub(r"(\.0)+$", "", pin) for pin in lowest} == {
        re.sub(r"(\.0)+$", "", pin) for pin in allowed
    }


def test_every_dependency_is_pinned():
    """So that everyone's first start gives the same environment, which boto3 does not fit into."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    wanted = [*project["dependencies"]]
    for name, extra in project["optional-dependencies"].items():
        wanted += extra if name != "s3" else []
    pinned = {
        pin.split("==")[0] for pin in (ROOT / "constraints.txt").read_text("utf-8").splitlines()
    }

    def normal(name: str) -> str:
        return re.sub(r"[-_.]+", "-", re.split(r"[\[<>=~!; ]", name)[0]).lower()

    missing = {normal(name) for name in wanted} - {normal(name) for name in pinned}
    assert missing == {"wan-ergonomic"}


def test_the_generated_client_was_made_with_the_pinned_tools():
    """A newcomer's rebuild then gives the same bytes."""
    tools = json.loads((ROOT / "openapi" / "lock.json").read_text("utf-8"))["tools"]
    pins = (ROOT / "constraints.txt").read_text("utf-8").splitlines()
    assert {f"{name}=={version}" for name, version in tools.items()} - set(pins) == set()


def project_files():
    """Every file that is in the project or would be with the next commit."""
    if (ROOT / ".git").exists():
        listing = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
        done = subprocess.run(listing, cwd=ROOT, capture_output=True, text=True, check=True)
        paths = [ROOT / name for name in done.stdout.split("\0") if name]
    else:
        paths = [p for p in ROOT.rglob("*") if not p.relative_to(ROOT).parts[0].startswith(".")]
    return [path for path in paths if path.is_file()]


def test_no_file_names_a_package_registry():
    """Neither as an address nor in passing."""
    named = {
        (path.name, registry)
        for path in project_files()
        for registry in REGISTRIES
        if registry.encode() in path.read_bytes().lower()
    }
    assert named == set()


def test_no_file_locks_downloads():
    """Such files record where packages were downloaded from."""
    assert {path.name for path in project_files()} & LOCKS == set()
