"""Queries of real notebook kernels on several versions of a real Spark."""
