"""Builds the flashable image: boards/ say for what, packages.txt what of Debian, layers/ what of ours lies over it."""
