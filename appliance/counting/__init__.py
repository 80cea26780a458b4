"""Tracks -> events. Pure: no clock, no disk; the frame's own time is the only time."""

from appliance.counting.anchor import anchor_of
from appliance.counting.coverage import CoverageMeter
from appliance.counting.familiar import Familiar
from appliance.counting.hanging import HangingWatch
from appliance.counting.lines import LineCounter, LineSettings
from appliance.counting.stature import View
from appliance.counting.visitors import Visitors

__all__ = ["CoverageMeter", "Familiar", "HangingWatch", "LineCounter", "LineSettings", "View", "Visitors", "anchor_of"]
