"""The parts of ``scripts/build_demo.py``: sites, geometry, article, lives, ledger."""
