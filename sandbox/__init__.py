"""A strict local Telegram: a Bot API server with its limits and faults."""
