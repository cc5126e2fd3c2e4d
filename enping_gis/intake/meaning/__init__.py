"""Bring what was read into the standard columns, and join ledgers to plots."""
