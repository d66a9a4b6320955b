"""Whether the wrapper fits a contract is what some tests say, in a run of their own."""

from pathlib import Path

from wan_ergonomic.contract.build._fit import TESTS, check_fit

NOTES_ITS_FOLDER = """
def test_folder(tmp_path_factory):
    open("folder", "w").write(str(tmp_path_factory.getbasetemp()))
"""


def test_without_tests_nothing_is_said_of_the_wrapper(tmp_path):
    """An installed package has none."""
    assert "was not checked" in check_fit(tmp_path)


def test_a_run_shares_no_folder_with_other_runs(tmp_path):
    """Else a folder that another run removes at the same time is an error; it is removed itself."""
    file = tmp_path / TESTS[0]
    file.parent.mkdir(parents=True)
    file.write_text(NOTES_ITS_FOLDER, "utf-8")
    assert check_fit(tmp_path).startswith("The wrapper fits: 1 passed")
    folder = Path((tmp_path / "folder").read_text("utf-8"))
    assert [part for part in folder.parts if part.startswith("pytest-of-")] == []
    assert not folder.parent.exists()
