"""Functions that make and take apart dates, times and durations."""


def at_literal(text: str) -> object:
    """The value of ``@"text"``, or None."""
    return None
