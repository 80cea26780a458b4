"""What a net sees in a picture. ONNX Runtime behind one function a net; every file is checked before it is loaded."""

from appliance.nets.age_gender import AgeGender, Guess
from appliance.nets.appearance import AppearanceReader
from appliance.nets.catalogue import Catalogue, Entry, NetError
from appliance.nets.detectors import Detector, open_detector
from appliance.nets.face import FaceFinder, FaceReader
from appliance.nets.person import PersonDetector
from appliance.nets.session import USUAL, Engine

__all__ = [
    "USUAL",
    "AgeGender",
    "AppearanceReader",
    "Catalogue",
    "Detector",
    "Engine",
    "Entry",
    "FaceFinder",
    "FaceReader",
    "Guess",
    "NetError",
    "PersonDetector",
    "open_detector",
]
