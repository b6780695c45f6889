"""How a form is refused at deployment."""

from __future__ import annotations

import pytest

from engine.errors import DeploymentRefused
from tests.engine.task_forms.forms import Form


@pytest.fixture
def refusals():
    """The field ids and sentences with which a form of these components is refused."""

    def refused(*components):
        with pytest.raises(DeploymentRefused) as error:
            Form(*components)
        assert {problem.file for problem in error.value.problems} == {"test.form"}
        return [
            (problem.element_id, str(problem.sentence))
            for problem in error.value.problems
            if problem.severity == "error"
        ]

    return refused
