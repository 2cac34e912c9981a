"""Conversations, and who answers them."""
