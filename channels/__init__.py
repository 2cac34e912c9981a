"""The channels: each verifies, parses, renders and sends; none knows a rule of the conversation."""
