"""Every fault at every stage of a generation, and its result: see MATRIX.md."""

import pytest

pytest.register_assert_rewrite("tests.faults.verdict")
