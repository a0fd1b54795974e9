"""Where flags are used, which one fits a description, and what already guards a place. Pure."""
