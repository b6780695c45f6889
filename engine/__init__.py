"""The process engine: commands over nouns, in a database transaction that the caller's unit of work owns.

The map, from the top floor down; a room imports what lies below it only:

- ``unit_of_work`` — the only commit and rollback; retries a lost race, writes incidents, wakes workers.
- ``incidents`` — what stopped, tried again by the commands below.
- ``jobs``, ``user_tasks``, ``attachments``, ``archive`` — what waits for a worker or a person, the files people add,
  and the documents that stay.
- ``process_instances``, ``timers``, ``messages``, ``deadlines``, ``schedules``, ``notifications``, ``decisions`` —
  the other commands, one noun a room. Each takes the session and, where a person may ask for it, the acting person.
- ``execution`` — one step: lock the matter, restore it, run it to its next waits, project rows, record history.
- ``drafts`` — changes of a pack that are tried and approved before they are published.
- ``deployments`` — packs published whole and immutable; ``content`` — reads, checks and hashes a pack;
  ``differences`` — what changed between two packs, in words.
- ``runtime`` (the only importer of SpiffWorkflow), ``organisation``, ``task_forms``; below them ``history``.
- ``models`` — the tables; ``statements``, ``sessions``, ``connections`` — how a step speaks to the database;
  ``errors``, ``actor``, ``clock``, ``keys``, ``calendar``, ``values``, ``substrings``, ``database``, ``topics`` —
  what everything stands on.

Nothing here knows Flask, WTForms or Celery.
"""
