"""Workloads that are slow for one reason each, and the findings about them on real Sparks."""
