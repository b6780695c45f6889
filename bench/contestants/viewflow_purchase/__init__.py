"""The purchase request as a Django application for viewflow."""
