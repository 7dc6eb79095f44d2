"""Agents run beside the hardware: they act on MQTT commands and publish telemetry."""
