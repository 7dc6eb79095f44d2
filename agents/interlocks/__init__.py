"""Interlocks at work in the agent: judged at each reading, asked before each write."""
