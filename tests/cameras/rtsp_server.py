"""A real RTSP server for the tests: GStreamer's, run by the system's Python, which has `gi`.

usage: /usr/bin/python3 rtsp_server.py PORT [USER:PASSWORD]
Serves a test pattern, 320 x 240, 15 frames a second, H.264, at rtsp://127.0.0.1:PORT/live; then says "ready".
"""

import sys

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtspServer  # noqa: E402

LAUNCH = (
    "( videotestsrc is-live=true pattern=ball ! video/x-raw,width=320,height=240,framerate=15/1 "
    "! x264enc tune=zerolatency speed-preset=ultrafast key-int-max=15 ! rtph264pay name=pay0 pt=96 config-interval=1 )"
)


def guard(server: "GstRtspServer.RTSPServer", factory: "GstRtspServer.RTSPMediaFactory", words: str) -> None:
    """Ask for a user name and a password."""
    auth, token = GstRtspServer.RTSPAuth(), GstRtspServer.RTSPToken()
    token.set_string("media.factory.role", "user")
    auth.add_basic(GstRtspServer.RTSPAuth.make_basic(*words.split(":")), token)
    server.set_auth(auth)
    permissions = GstRtspServer.RTSPPermissions()
    permissions.add_permission_for_role("user", "media.factory.access", True)
    permissions.add_permission_for_role("user", "media.factory.construct", True)
    factory.set_permissions(permissions)


def main() -> None:
    Gst.init(None)
    server = GstRtspServer.RTSPServer()
    server.set_address("127.0.0.1")
    server.set_service(sys.argv[1])
    factory = GstRtspServer.RTSPMediaFactory()
    factory.set_launch(LAUNCH)
    factory.set_shared(True)
    if len(sys.argv) > 2:
        guard(server, factory, sys.argv[2])
    server.get_mount_points().add_factory("/live", factory)
    if not server.attach(None):
        sys.exit("can't listen")
    print("ready", flush=True)
    GLib.MainLoop().run()


main()
