"""Every test of behaviour runs twice: restored from the saved state before each command, and all kept in memory."""

from __future__ import annotations

from functools import partial

import pytest

from tests.engine.runtime.drawing import Case


@pytest.fixture(params=[True, False], ids=["restored", "kept"])
def case(request):
    return partial(Case, restored=request.param)
