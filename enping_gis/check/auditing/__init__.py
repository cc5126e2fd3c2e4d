"""Check the figures of running text and of ledgers: pairs, sums, percentages, dates."""
