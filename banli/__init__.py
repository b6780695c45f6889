"""The door: settings, the command line, and the one place that puts webapp and workers together."""
