"""Pure: bytes and values in, values out. No files, environment, processes, clock or network."""
