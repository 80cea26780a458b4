"""Detections -> tracks: who in this frame is whom of the last. Pure: times come with the detections."""

from appliance.tracking.tracker import Tracker, TrackerSettings

__all__ = ["Tracker", "TrackerSettings"]
