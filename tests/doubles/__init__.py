"""Doubles of services that cannot be installed on a development machine."""
