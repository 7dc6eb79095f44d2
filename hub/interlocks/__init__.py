"""Interlocks that no agent can evaluate, because they look at devices of another: pure."""
