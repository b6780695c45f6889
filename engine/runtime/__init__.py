"""The runtime: diagrams executed by SpiffWorkflow, and nothing of a database. The only importer of SpiffWorkflow."""
