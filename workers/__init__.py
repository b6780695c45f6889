"""The workers: Celery wakes them, the database tells them what is due; they do what no person does.

``application`` makes the Celery application, ``tasks`` holds the few tasks, ``embedded`` runs worker and beat as
threads of one process, ``topics`` is the drop-in folder: one file a topic.
"""
