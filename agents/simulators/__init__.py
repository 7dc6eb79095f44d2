"""Simulated devices: each speaks its device's wire protocol in a process of its own, faults on request included."""
