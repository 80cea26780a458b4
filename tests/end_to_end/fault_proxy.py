"""A proxy between box and headquarters that breaks connections in every way a line does, by a seed."""

import random
import socket
import ssl
import struct
import threading
import time
from contextlib import suppress

from tests.certificates import Server

FAULTS = (
    "none", "refuse", "reset before", "cut the request", "lose the answer", "cut the answer", "stall", "500",
    "wrong certificate", "expired certificate",
)  # fmt: skip
STALL = 0.6  # seconds; the test's box is less patient
ERROR = b"HTTP/1.1 500 Internal Server Error\r\nContent-Length: 6\r\nConnection: close\r\n\r\nbroken"


class FaultProxy:
    """Listens on a port of its own, with TLS; each connection gets one fault, drawn by the seed.

    `certificates` are the right one, another server's, and the right key's that has expired.
    """

    def __init__(self, target: int, seed: int, certificates: dict[str, Server]) -> None:
        self.target, self.rng = target, random.Random(seed)
        self._contexts = {name: _context(files) for name, files in certificates.items()}
        self.certificate = "right"
        self.faulty, self.seen = True, dict.fromkeys(FAULTS, 0)
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        self._socket.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._socket.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        fault = self.rng.choice(FAULTS) if self.faulty and self.rng.random() < 0.6 else "none"
        context = self._contexts.get(fault, self._contexts[self.certificate])
        with client:
            try:
                client.settimeout(5)
                with context.wrap_socket(client, server_side=True) as secured:
                    head = secured.recv(65536)
                    if head.startswith(b"GET"):  # the probe: let it through, faults are for documents
                        self._pass(secured, head, "none")
                    elif head or fault == "wrong certificate":  # of which the box says nothing, and hangs up
                        self.seen[fault] += 1
                        self._pass(secured, head, fault)
            except OSError:
                pass

    def _pass(self, client: ssl.SSLSocket, head: bytes, fault: str) -> None:
        if fault in ("refuse", "reset before", "wrong certificate"):
            return reset(client)
        if fault == "500":
            time.sleep(0.02)
            client.sendall(ERROR)
            return None
        with socket.create_connection(("127.0.0.1", self.target), 5) as server:
            if fault == "cut the request":
                server.sendall(head[: len(head) // 2])
                return reset(client)
            server.sendall(head)
            upstream = threading.Thread(target=self._upstream, args=(client, server), daemon=True)
            upstream.start()
            try:
                broken = self._answer(client, server, fault)
            finally:  # first of all: a thread that still reads would read the file that gets the number next
                with suppress(OSError):
                    socket.socket.shutdown(client, socket.SHUT_RD)
                upstream.join()
        return reset(client) if broken else None

    def _answer(self, client: ssl.SSLSocket, server: socket.socket, fault: str) -> bool:
        """Hand back what headquarters says; return whether the connection is to be reset then."""
        if fault == "stall":
            time.sleep(STALL)
        sent = 0
        while answer := server.recv(65536):
            if fault == "lose the answer":
                return True
            if fault == "cut the answer" and sent == 0:
                client.sendall(answer[: len(answer) // 2])
                return True
            client.sendall(answer)
            sent += len(answer)
        return False

    def _upstream(self, client: socket.socket, server: socket.socket) -> None:
        try:
            while data := client.recv(65536):
                server.sendall(data)
            server.shutdown(socket.SHUT_WR)
        except OSError:
            pass


def reset(client: socket.socket) -> None:
    """Close with a reset instead of a good-bye."""
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    client.close()


def _context(files: Server) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(files.certificate, files.key)
    return context
