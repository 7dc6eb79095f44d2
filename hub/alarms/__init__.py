"""Alarms after ISA-18.2: pure. What is wrong and since when, who knows, and who is to be told."""
