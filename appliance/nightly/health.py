"""The box's health for the store-day: numbers alone, no log lines. What can't be known is left out, never guessed."""

import shutil
from collections.abc import Callable
from pathlib import Path

from sqlite_utils import Database

from appliance.clock import iso
from appliance.metrics import ShopDay, gaps_of_day
from appliance.metrics.hanging import WRONG, misplaced
from appliance.storage import Folder
from appliance.storage.live import ask_state

# Where Linux and the Raspberry Pi's firmware tell; both are missing on other machines.
TEMPERATURE = Path("/sys/class/thermal/thermal_zone0/temp")
THROTTLED = Path("/sys/devices/platform/soc/soc:firmware/get_throttled")
UNDERVOLTAGE_SINCE_BOOT, THROTTLED_SINCE_BOOT = 1 << 16, 1 << 18


def of_box(db: Database, folder: Folder, day: ShopDay) -> dict[str, float | str]:
    """Return what is known of the box now, and of the cameras' gaps on that day."""
    disk = shutil.disk_usage(folder.path)
    gaps = gaps_of_day(db, day)
    health: dict[str, float | str] = {
        "disk_free_mb": disk.free // 1_000_000,
        "disk_total_mb": disk.total // 1_000_000,
        "database_kb": folder.database.stat().st_size // 1000,
        "gaps": len(gaps),
        "gap_minutes": round(sum(end - start for start, end in gaps) / 60),
        "documents_waiting": db.execute("SELECT count(*) FROM outbox WHERE parked = 0").fetchone()[0],
        "documents_parked": db.execute("SELECT count(*) FROM outbox WHERE parked = 1").fetchone()[0],
    }
    seconds = db.execute("SELECT seconds FROM clock_offset").fetchone()[0]
    health |= {} if seconds is None else {"clock_offset_s": round(seconds)}
    health |= _told("uptime_s", Path("/proc/uptime"), lambda text: round(float(text.split()[0])))
    health |= _told("temperature_c", TEMPERATURE, lambda text: round(int(text) / 1000, 1))
    health |= _told("undervoltage", THROTTLED, lambda text: int(bool(int(text, 16) & UNDERVOLTAGE_SINCE_BOOT)))
    health |= _told("throttled", THROTTLED, lambda text: int(bool(int(text, 16) & THROTTLED_SINCE_BOOT)))
    return health | _hanging(db, day) | _cameras(folder)


def _hanging(db: Database, day: ShopDay) -> dict[str, float | str]:
    """Return how many cameras were moved or covered that day, and since when the first of them was."""
    found = misplaced(db, {camera.name for camera in day.settings.cameras}, day.start, day.end)
    told: dict[str, float | str] = {}
    for state in WRONG:
        those = [it for it in found if it.state == state]
        told[f"cameras_{state}"] = len({it.camera for it in those})
        told |= {f"{state}_since": iso(min(it.start for it in those))} if those else {}
    return told


def _cameras(folder: Folder) -> dict[str, float | str]:
    state = ask_state(folder.live_socket)
    if state is None:
        return {"counter_runs": 0}
    cameras = state["cameras"].values()
    return {
        "counter_runs": 1,
        "net": str(state.get("net", ""))[:80],
        "cameras": len(cameras),
        "cameras_alive": sum(bool(camera["alive"]) for camera in cameras),
        "camera_restarts": sum(int(camera["restarts"]) for camera in cameras),
        "pictures_per_second": min((float(camera["per_second"]) for camera in cameras), default=0.0),
    }


def _told(name: str, path: Path, read: Callable[[str], float]) -> dict[str, float | str]:
    try:
        return {name: read(path.read_text())}
    except (OSError, ValueError, IndexError):
        return {}
