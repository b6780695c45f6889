"""The dialect: BPMN with the extension elements of Camunda 8, read into typed, immutable settings."""
