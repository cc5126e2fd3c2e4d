"""Measure plots: areas, contacts, where each stands on a day, and totals."""
