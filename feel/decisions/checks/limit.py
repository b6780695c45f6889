"""When a check must stop: after a time, or after a number of findings."""

from __future__ import annotations

from time import monotonic


class Limit:
    """A budget of seconds and findings; ``was_reached`` says whether it cut something off."""

    __slots__ = ("_calls", "count", "deadline", "maximum", "was_reached")

    def __init__(self, seconds: float, maximum: int) -> None:
        self.deadline = monotonic() + seconds
        self.maximum = maximum
        self.count = 0
        self.was_reached = False
        self._calls = 0

    def take(self) -> bool:
        """Count a finding; False when there may be no more of them."""
        if self.count >= self.maximum:
            self.was_reached = True
            return False
        self.count += 1
        return True

    def is_reached(self) -> bool:
        """Whether the time is over or the findings are used up. The clock is read at every 64th call."""
        self._calls += 1
        if self.count >= self.maximum or (self._calls & 63 == 0 and monotonic() > self.deadline):
            self.was_reached = True
        return self.was_reached
