"""The program on the box. Read pipeline.py first: it is the way a frame travels."""

__version__ = "0.1.0"
