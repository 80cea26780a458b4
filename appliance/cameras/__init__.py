"""Where frames come from: a clip, a folder of pictures, rtsp, usb or picamera, all through one interface.

`open_camera` gives a live camera, which never gives up: it hands over the newest frame and comes back by itself.
`replay` gives a recording, which drops nothing: the same frames with the same times, at any speed.
Decoding runs in a child process (decoder.py) that can be killed at any moment; pictures come over in shared memory.
"""

from appliance.cameras.camera import Camera, CameraError
from appliance.cameras.live import LiveCamera, open_camera
from appliance.cameras.recording import Recording, replay

__all__ = ["Camera", "CameraError", "LiveCamera", "Recording", "open_camera", "replay"]
