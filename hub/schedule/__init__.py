"""Schedules: when something is due (`due`, `cron`), what became of it (`book`), and what wakes the hub (`jobs`)."""
