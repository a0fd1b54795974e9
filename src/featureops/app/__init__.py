"""The use cases, one file a verb, over the ports alone."""
