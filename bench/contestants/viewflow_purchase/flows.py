"""Start, fill in, decide by whom, approve."""

from __future__ import annotations

from functools import partial

from django.contrib.auth.models import User
from viewflow import this
from viewflow.workflow import flow

from .models import Purchase


def decider(activation) -> User:
    """Who decides, by the amount."""
    amount = activation.process.amount
    name = "U16" if amount <= 200 else "U02" if amount <= 300 else "U01"
    return User.objects.get(username=name)


class PurchaseFlow(flow.Flow):
    """The procedure."""

    process_class = Purchase

    start = flow.StartHandle(this.begin).Next(this.request)
    request = flow.View(partial).Next(this.decide)
    decide = flow.View(partial).Assign(decider).Next(this.way)
    way = flow.If(lambda activation: activation.process.decision == "approve").Then(this.end).Else(this.end)
    end = flow.End()

    def begin(self, activation, amount: int) -> Purchase:
        """The new row."""
        activation.process.amount = amount
        return activation.process
