"""What clients of Camunda 8 may ask for and Banli does not serve, and why: answered by 501, told in docs/api.md.

``{}`` stands for any one segment of an address.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from feel.sentences import Sentence

ORGANISATION = Sentence(
    "People, posts and rights are kept on the pages of the organisation, where each change is told in its journal."
)
CLUSTER = Sentence(
    "There is no cluster: one installation is backed up by `banli backup` and watched through /metrics."
)
BATCH = Sentence(
    "Matters are changed one by one, each with its own place in the history; there are no batch operations."
)
VARIABLES = Sentence("Settings are decision tables of a pack, and secrets never leave the server.")
AGENTS = Sentence("There are no agents and no ad-hoc subprocesses.")
DOCUMENTS = Sentence("Files belong to the forms of tasks and are kept with them.")
LISTENERS = Sentence("Listeners are drawn in diagrams.")
HISTORY = Sentence(
    "The history of a matter is a chain that is read and verified on the pages of its matter and by `banli verify`."
)
FOR_EVER = Sentence("Nothing that happened or was deployed is deleted.")
REPORTS = Sentence("Figures are on the report pages.")
FORMS = Sentence("Variables are set by forms, tables and jobs, whose rules a change from outside would pass by.")
NUMBERS = Sentence("A matter gets its number when it is submitted.")
EXPRESSIONS = Sentence("Expressions are tried in the workshop, on the values of a diagram.")
FILES = Sentence("A file is read by the definitions that are drawn in it.")
ELSEWHERE = Sentence(
    "Ask for process instances, element instances and incidents instead; the page of the matter shows the rest."
)
UNSERVED: Mapping[Sentence, str] = {
    ORGANISATION: """
        POST /authentication/me/authorizations/search
        POST /authorizations
        POST /authorizations/search
        DELETE /authorizations/{}
        GET /authorizations/{}
        PUT /authorizations/{}
        POST /groups
        POST /groups/search
        DELETE /groups/{}
        GET /groups/{}
        PUT /groups/{}
        POST /groups/{}/clients/search
        PUT /groups/{}/clients/{}
        DELETE /groups/{}/clients/{}
        POST /groups/{}/mapping-rules/search
        PUT /groups/{}/mapping-rules/{}
        DELETE /groups/{}/mapping-rules/{}
        POST /groups/{}/roles/search
        POST /groups/{}/users/search
        PUT /groups/{}/users/{}
        DELETE /groups/{}/users/{}
        POST /mapping-rules
        POST /mapping-rules/search
        DELETE /mapping-rules/{}
        GET /mapping-rules/{}
        PUT /mapping-rules/{}
        POST /roles
        POST /roles/search
        DELETE /roles/{}
        GET /roles/{}
        PUT /roles/{}
        POST /roles/{}/clients/search
        PUT /roles/{}/clients/{}
        DELETE /roles/{}/clients/{}
        POST /roles/{}/groups/search
        PUT /roles/{}/groups/{}
        DELETE /roles/{}/groups/{}
        POST /roles/{}/mapping-rules/search
        PUT /roles/{}/mapping-rules/{}
        DELETE /roles/{}/mapping-rules/{}
        POST /roles/{}/users/search
        PUT /roles/{}/users/{}
        DELETE /roles/{}/users/{}
        POST /setup/user
        POST /tenants
        POST /tenants/search
        DELETE /tenants/{}
        GET /tenants/{}
        PUT /tenants/{}
        POST /tenants/{}/clients/search
        PUT /tenants/{}/clients/{}
        DELETE /tenants/{}/clients/{}
        POST /tenants/{}/groups/search
        PUT /tenants/{}/groups/{}
        DELETE /tenants/{}/groups/{}
        POST /tenants/{}/mapping-rules/search
        PUT /tenants/{}/mapping-rules/{}
        DELETE /tenants/{}/mapping-rules/{}
        POST /tenants/{}/roles/search
        PUT /tenants/{}/roles/{}
        DELETE /tenants/{}/roles/{}
        POST /tenants/{}/users/search
        PUT /tenants/{}/users/{}
        DELETE /tenants/{}/users/{}
        POST /users
        POST /users/search
        DELETE /users/{}
        GET /users/{}
        PUT /users/{}
    """,
    CLUSTER: """
        GET /backups/history
        POST /backups/history
        DELETE /backups/history/{}
        GET /backups/history/{}
        GET /backups/runtime
        POST /backups/runtime
        DELETE /backups/runtime/state
        GET /backups/runtime/state
        POST /backups/runtime/state/sync
        DELETE /backups/runtime/{}
        GET /backups/runtime/{}
        GET /cluster/v2/backups/history
        POST /cluster/v2/backups/history
        DELETE /cluster/v2/backups/history/{}
        GET /cluster/v2/backups/history/{}
        GET /cluster/v2/backups/runtime
        POST /cluster/v2/backups/runtime
        DELETE /cluster/v2/backups/runtime/state
        GET /cluster/v2/backups/runtime/state
        POST /cluster/v2/backups/runtime/state/sync
        DELETE /cluster/v2/backups/runtime/{}
        GET /cluster/v2/backups/runtime/{}
        GET /cluster/v2/exporting
        POST /cluster/v2/exporting/pause
        POST /cluster/v2/exporting/resume
        PATCH /cluster/v2/mode
        DELETE /cluster/v2/rebalance
        GET /cluster/v2/rebalance
        POST /cluster/v2/rebalance
        POST /cluster/v2/restore
        GET /cluster/v2/status
        GET /cluster/v2/status/upgrade
        GET /cluster/v2/topology
        GET /exporting
        POST /exporting/pause
        POST /exporting/resume
        PATCH /mode
        GET /restore
        POST /restore
        GET /system/configuration
        GET /system/usage-metrics
    """,
    BATCH: """
        POST /batch-operation-items/search
        POST /batch-operations/search
        GET /batch-operations/{}
        POST /batch-operations/{}/cancellation
        POST /batch-operations/{}/resumption
        POST /batch-operations/{}/suspension
        POST /decision-instances/deletion
        POST /jobs/batch-update
        POST /process-instances/cancellation
        POST /process-instances/deletion
        POST /process-instances/incident-resolution
        POST /process-instances/migration
        POST /process-instances/modification
        POST /process-instances/resumption
        POST /process-instances/suspension
        POST /process-instances/{}/incident-resolution
    """,
    VARIABLES: """
        POST /cluster-variables/global
        DELETE /cluster-variables/global/{}
        GET /cluster-variables/global/{}
        PUT /cluster-variables/global/{}
        POST /cluster-variables/search
        POST /cluster-variables/tenants/{}
        DELETE /cluster-variables/tenants/{}/{}
        GET /cluster-variables/tenants/{}/{}
        PUT /cluster-variables/tenants/{}/{}
        POST /secrets/list
        POST /secrets/resolve
    """,
    AGENTS: """
        POST /agent-definitions/search
        GET /agent-definitions/{}
        POST /agent-instances
        POST /agent-instances/search
        GET /agent-instances/{}
        PATCH /agent-instances/{}
        POST /agent-instances/{}/history/search
        POST /element-instances/ad-hoc-activities/{}/activation
    """,
    DOCUMENTS: """
        POST /documents
        POST /documents/batch
        DELETE /documents/{}
        GET /documents/{}
        POST /documents/{}/links
    """,
    LISTENERS: """
        POST /conditionals/evaluation
        POST /global-task-listeners
        POST /global-task-listeners/search
        DELETE /global-task-listeners/{}
        GET /global-task-listeners/{}
        PUT /global-task-listeners/{}
    """,
    HISTORY: """
        POST /audit-logs/search
        GET /audit-logs/{}
        POST /user-tasks/{}/audit-logs/search
    """,
    FOR_EVER: """
        POST /decision-instances/{}/deletion
        POST /process-instances/{}/deletion
        POST /resources/{}/deletion
    """,
    REPORTS: """
        POST /element-instances/wait-states/search
        POST /incidents/statistics/process-instances-by-definition
        POST /incidents/statistics/process-instances-by-error
        POST /jobs/statistics/by-types
        POST /jobs/statistics/by-workers
        POST /jobs/statistics/errors
        GET /jobs/statistics/global
        POST /jobs/statistics/time-series
        POST /process-definitions/statistics/message-subscriptions
        POST /process-definitions/statistics/process-instances
        POST /process-definitions/statistics/process-instances-by-version
        POST /process-definitions/{}/statistics/element-instances
        POST /process-definitions/{}/variable-names/search
        GET /process-instances/{}/statistics/element-instances
        GET /process-instances/{}/statistics/wait-states
    """,
    FORMS: """
        PUT /element-instances/{}/variables
    """,
    NUMBERS: """
        POST /process-instances/{}/business-id-assignment
    """,
    EXPRESSIONS: """
        POST /expression/evaluation
    """,
    FILES: """
        POST /decision-requirements/search
        GET /decision-requirements/{}
        GET /decision-requirements/{}/xml
        POST /resources/search
        GET /resources/{}
        GET /resources/{}/content
        GET /resources/{}/content/binary
    """,
    ELSEWHERE: """
        POST /correlated-message-subscriptions/search
        POST /element-instances/{}/incidents/search
        POST /message-subscriptions/search
        GET /process-instances/{}/call-hierarchy
        GET /process-instances/{}/sequence-flows
    """,
}


def reason(method: str, path: str) -> Sentence | None:
    """Why this is not served; None where nobody serves it."""
    asked = f"{method} {path}"
    return next((why for pattern, why in _PATTERNS if pattern.fullmatch(asked)), None)


def addresses() -> dict[str, Sentence]:
    """Method and address of everything that is not served → why."""
    return {line.strip(): why for why, lines in UNSERVED.items() for line in lines.strip().splitlines()}


_PATTERNS = [(re.compile(re.escape(address).replace(r"\{\}", "[^/]+")), why) for address, why in addresses().items()]
