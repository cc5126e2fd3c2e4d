"""Read ledgers and tables of corners: XLSX, XLS, CSV."""
