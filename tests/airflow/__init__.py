"""Exported notebooks in a real Airflow."""
