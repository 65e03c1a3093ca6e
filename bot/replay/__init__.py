"""A town lives through a file of texts: sandbox and bot as processes of their own, people who write, tap and stay silent."""
