"""Repair what is asked for, rule by rule, and tell what it moved."""
