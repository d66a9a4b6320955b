"""The log: one row for each job that has ended, the newest first."""

from __future__ import annotations

from wan_ergonomic._generation import dollars

from .._jobs import Job, Jobs, fails
from .._scenario import Body
from ._queries import LogQuery
from ._scenario import AccountScenario
from ._times import written


def log_page(jobs: Jobs, query: LogQuery, scenario: AccountScenario) -> Body:
    """Return the rows that a query selects, and where they are among all that it selects."""
    listed = [
        (created, job)
        for job in reversed(jobs.all())
        if jobs.has_ended(job, scenario.row_delay)
        and query.start <= (created := _created(jobs, job, scenario)) <= query.end
        and (not query.models or _model(job) in query.models)
        and (not query.statuses or _status(job) in query.statuses)
    ]
    listed.sort(key=lambda one: one[0], reverse=True)
    rows = [row for created, job in listed for row in scenario.rows(_row(job, created))]
    begin = max(0, query.offset - scenario.overlap)
    end = begin + query.limit
    page = {
        "data": rows[begin:end],
        "pagination": {
            "limit": query.limit,
            "offset": query.offset,
            "total": len(rows),
            "has_more": end < len(rows),
        },
    }
    return scenario.log(page)


def _row(job: Job, created: float) -> Body:
    cost = 0 if fails(job) else job.credits
    return {
        "created": written(created),
        "status": _status(job),
        "origin": "api",
        "model": _model(job),
        "cost": {"usd": dollars(cost), "credits": cost},
        # A video has none.
        "tokens": {"input": 0, "output": 0, "total": 0},
        "request_id": job.request_id,
        "inference_id": job.id,
        "client_request_id": job.client_request_id,
    }


def _created(jobs: Jobs, job: Job, scenario: AccountScenario) -> float:
    return jobs.end_of(job) if scenario.created_at_end else job.accepted_at


def _status(job: Job) -> str:
    return "failed" if fails(job) else "succeeded"


def _model(job: Job) -> str:
    return str(job.request["model"])
