"""Read planners' files: look in, decode, bring into the standard columns, lose nothing."""
