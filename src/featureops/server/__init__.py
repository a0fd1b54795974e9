"""The MCP face: tools, resources, rendering. No logic of its own."""
