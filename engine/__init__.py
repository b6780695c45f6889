"""The process engine: commands over nouns, in a database transaction that the caller's unit of work owns.

The map (upper floors import lower ones only):

- ``unit_of_work`` — the only commit and rollback; retries a revision conflict, writes incidents, wakes workers.
- ``incidents``, ``user_tasks``, ``jobs``, ``process_instances``, ``timers``, ``messages`` — the commands, one noun a
  file or folder; each takes the session and the acting person.
- ``execution`` — lock a matter, restore its state, run a step, save, project, record.
- ``deployments`` — what was published, in versions that never change; compiled once.
- ``content`` — reads, checks and hashes a pack.
- ``runtime`` — the only importer of SpiffWorkflow; ``organisation``, ``history``, ``task_forms``.
- ``models`` — the tables; ``errors``, ``actor``, ``clock``, ``keys``, ``calendar``, ``values``, ``database``, ``topics``.

Nothing here knows Flask, WTForms or Celery.
"""
