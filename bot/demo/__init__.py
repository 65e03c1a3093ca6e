"""The demo: a small town that lives already, in chat windows in the browser; no token, no server."""
