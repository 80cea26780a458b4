"""The long-running processes: count, web, nightly. Signals, threads, restarts; no rules of counting."""
