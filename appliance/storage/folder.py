"""The data folder: everything a box owns lies in it, and moving a box is copying it.

tallybox.toml   what the owner told it          keys/     made on the box, readable by it alone
tallybox.db     what it counted                 live.sock where the counter hands out its newest picture
updates/        what was fetched to be installed   nets/     what was pulled
board.json      how fast the net is here
"""

import os
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from appliance.storage.database import StorageError
from appliance.whole import write_whole


@dataclass(frozen=True, slots=True)
class Folder:
    """Names what lies in a data folder, and makes its secrets when they are first asked for."""

    path: Path

    @property
    def config(self) -> Path:
        """The one configuration file."""
        return self.path / "tallybox.toml"

    @property
    def database(self) -> Path:
        """The one database."""
        return self.path / "tallybox.db"

    @property
    def live_socket(self) -> Path:
        """The counter's Unix socket, through which the page gets the newest picture."""
        return self.path / "live.sock"

    @property
    def board(self) -> Path:
        """How fast the net was found to be on this board."""
        return self.path / "board.json"

    @property
    def nets(self) -> Path:
        """Where nets lie that were pulled; the others come with the program."""
        return self.path / "nets"

    @property
    def updates(self) -> Path:
        """Where update bundles lie that were fetched and checked."""
        return self.path / "updates"

    @property
    def update_asked_for(self) -> Path:
        """Exists from when somebody asked for the fetched update until the image's updater begins."""
        return self.updates / "requested"

    def ask_for_update(self) -> None:
        """Ask the image to install what was fetched. Raises StorageError where there is nothing."""
        if not any(self.updates.glob("*.raucb")):
            raise StorageError("no update was fetched")
        try:
            self.update_asked_for.touch()
        except OSError as error:
            raise StorageError(f"{self.update_asked_for}: {error.strerror}") from None

    def make(self) -> "Folder":
        """Create the folder. Raises StorageError where that can't be done or nothing can be written."""
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            probe = self.path / f".probe-{os.getpid()}"
            probe.touch()
            probe.unlink()
        except OSError as error:
            raise StorageError(f"{self.path}: the data folder can't be written: {error.strerror}") from None
        return self

    def signing_key(self) -> Ed25519PrivateKey:
        """Return the box's own key, made at first use."""
        return Ed25519PrivateKey.from_private_bytes(self._secret("signing.key", lambda: secrets.token_bytes(32)))

    def session_key(self) -> bytes:
        """Return the key that signs the page's cookies, made at first use."""
        return self._secret("session.key", lambda: secrets.token_bytes(32))

    def page_code(self) -> str:
        """Return the code that the page asks for: eight letters and digits that can't be mistaken for one another."""
        alphabet = "23456789abcdefghjkmnpqrstuvwxyz"
        return self._secret("page.code", lambda: "".join(secrets.choice(alphabet) for _ in range(8)).encode()).decode()

    def pin(self) -> str:
        """Return the sha256 of headquarters' public key, as kept at enrolment, or "" where none was."""
        try:
            return (self.path / "keys" / "headquarters.pin").read_text(encoding="ascii").strip()
        except FileNotFoundError:
            return ""
        except (OSError, UnicodeDecodeError) as error:
            raise StorageError(f"keys/headquarters.pin: {getattr(error, 'strerror', '') or 'no text'}") from None

    def keep_pin(self, pin: str) -> None:
        """Believe from now on only a headquarters with this key; "" asks the authorities again."""
        path = self.path / "keys" / "headquarters.pin"
        try:
            path.parent.mkdir(mode=0o700, exist_ok=True)
            write_whole(path, f"{pin}\n".encode())
        except OSError as error:
            raise StorageError(f"{path}: {error.strerror}") from None

    def _secret(self, name: str, make: Callable[[], bytes]) -> bytes:
        """Read a secret, or make it: written whole or not at all, and the first of two makers wins."""
        path = self.path / "keys" / name
        try:
            if not path.exists():
                path.parent.mkdir(mode=0o700, exist_ok=True)
                fresh = path.with_name(f".{name}-{secrets.token_hex(4)}")
                with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
                    file.write(make())
                    file.flush()
                    os.fsync(file.fileno())
                try:
                    os.link(fresh, path)
                except FileExistsError:
                    pass
                finally:
                    fresh.unlink()
            return path.read_bytes()
        except OSError as error:
            raise StorageError(f"{path}: {error.strerror}") from None
