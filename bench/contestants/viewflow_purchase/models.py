"""The request is the process's row."""

from __future__ import annotations

from django.db import models
from viewflow.workflow.models import Process


class Purchase(Process):
    """A purchase request."""

    amount = models.DecimalField(max_digits=12, decimal_places=2, null=True)
    purpose = models.CharField(max_length=60, default="")
    decision = models.CharField(max_length=20, default="")
    opinion = models.CharField(max_length=500, default="")
