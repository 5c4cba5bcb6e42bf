"""Spark SQL through the sidecar."""
