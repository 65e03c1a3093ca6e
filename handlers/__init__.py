"""Telegram in, one action, one answer."""
