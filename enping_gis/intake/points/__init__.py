"""Read boundary points (TXT), as surveyors exchange them."""
