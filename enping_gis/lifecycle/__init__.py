"""The life of a plot, and the word that was given: events, commitments, contracts, changes."""
