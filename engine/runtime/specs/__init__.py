"""SpiffWorkflow's task specifications with the hooks replaced that are silently wrong (see ``design/runtime``)."""
