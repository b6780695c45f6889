"""Jobs for workers that come through the API, and the search among all jobs of elements.

The map: ``activation`` (taking work, and waiting for it), ``reports`` (what became of it), ``search``.
"""

from webapp.api.jobs.activation import activate_jobs, install
from webapp.api.jobs.reports import complete_job, fail_job, throw_job_error, update_job
from webapp.api.jobs.search import search_jobs

__all__ = ["OPERATIONS", "install"]

OPERATIONS = (activate_jobs, complete_job, fail_job, throw_job_error, update_job, search_jobs)
