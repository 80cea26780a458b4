"""The synthetic shop: a renderer of shop entrances with exact truth, for tests, the demo and training frames.

A developer's tool; the product never imports it. World: metres, z up. The door wall is the plane y = 0, the street is
y < 0, the shop y > 0, x = 0 is the middle of the room. Angles are degrees in TOML and radians in code. Time is seconds
from the clip's start.
"""
