"""Boots the image in QEMU, updates it, pulls its plug, and prints a table of what held. scripts/test-image runs it."""
