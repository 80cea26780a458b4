"""A small router of the tests' own that speaks UPnP IGD for real: SSDP on loopback's port 1900, and SOAP on HTTP."""

import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

IGD = "urn:schemas-upnp-org:device:InternetGatewayDevice:1"
COMMON = "urn:schemas-upnp-org:service:WANCommonInterfaceConfig:1"
DESCRIPTION = f"""<?xml version="1.0"?>
<root xmlns="urn:schemas-upnp-org:device-1-0"><specVersion><major>1</major><minor>0</minor></specVersion>
<device><deviceType>{IGD}</deviceType><friendlyName>Router</friendlyName><manufacturer>Tests</manufacturer>
<modelName>One</modelName><UDN>uuid:0</UDN><deviceList><device>
<deviceType>urn:schemas-upnp-org:device:WANDevice:1</deviceType><friendlyName>WAN</friendlyName>
<manufacturer>Tests</manufacturer><modelName>One</modelName><UDN>uuid:1</UDN><serviceList><service>
<serviceType>{COMMON}</serviceType><serviceId>urn:upnp-org:serviceId:WANCommonIFC1</serviceId>
<SCPDURL>/common.xml</SCPDURL><controlURL>CONTROL</controlURL><eventSubURL>/events</eventSubURL>
</service></serviceList></device></deviceList></device></root>"""


def _action(name):
    return (
        f"<action><name>GetTotalBytes{name}</name><argumentList><argument><name>NewTotalBytes{name}</name>"
        f"<direction>out</direction><relatedStateVariable>TotalBytes{name}</relatedStateVariable></argument>"
        "</argumentList></action>"
    )


def _variable(name):
    return f'<stateVariable sendEvents="no"><name>TotalBytes{name}</name><dataType>ui4</dataType></stateVariable>'


SERVICE = f"""<?xml version="1.0"?>
<scpd xmlns="urn:schemas-upnp-org:service-1-0"><specVersion><major>1</major><minor>0</minor></specVersion>
<actionList>{_action("Received")}{_action("Sent")}</actionList>
<serviceStateTable>{_variable("Received")}{_variable("Sent")}</serviceStateTable></scpd>"""


class Gateway:
    """`received` and `sent` give the counters, one a call; `address` is what a configuration would name."""

    def __init__(self, received, sent, *, address="127.0.0.19", control="/control", location=None, description=None):
        self.address, self.received, self.sent = address, iter(received), iter(sent)
        self.searches, self.asked = 0, []
        self._udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        try:
            self._udp.bind((address, 1900))
        except OSError:
            self._udp.close()
            raise
        self._udp.settimeout(0.1)
        handler = self._handler(description or DESCRIPTION.replace("CONTROL", control))
        self._http = ThreadingHTTPServer((address, 0), handler)
        self.url = f"http://{address}:{self._http.server_port}/root.xml"
        self._location = location or self.url
        self._done = threading.Event()
        self._threads = [threading.Thread(target=work) for work in (self._http.serve_forever, self._answer_searches)]
        for thread in self._threads:
            thread.start()

    def close(self):
        self._done.set()
        self._http.shutdown()
        for thread in self._threads:
            thread.join()
        self._http.server_close()
        self._udp.close()

    def _answer_searches(self):
        while not self._done.is_set():
            try:
                data, whence = self._udp.recvfrom(2048)
            except TimeoutError:
                continue
            if data.startswith(b"M-SEARCH") and IGD.encode() in data:
                self.searches += 1
                if self.searches == 1:
                    continue  # the first datagram is lost
                answer = (
                    f"HTTP/1.1 200 OK\r\nCACHE-CONTROL: max-age=120\r\nST: {IGD}\r\nUSN: uuid:0::{IGD}\r\nEXT:\r\n"
                    f"SERVER: tests\r\nLOCATION: {self._location}\r\n\r\n"
                )
                self._udp.sendto(answer.encode(), whence)

    def _handler(self, description):
        gateway = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                gateway.asked.append(self.path)
                self.answer({"/root.xml": description, "/common.xml": SERVICE}.get(self.path))

            def do_POST(self):
                gateway.asked.append(self.path)
                self.rfile.read(int(self.headers["Content-Length"]))
                name = self.headers["SOAPAction"].strip('"').rpartition("#GetTotalBytes")[2]
                count = next(gateway.received if name == "Received" else gateway.sent)
                self.answer(
                    '<?xml version="1.0"?><s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"'
                    ' s:encodingStyle="http://schemas.xmlsoap.org/soap/encoding/"><s:Body>'
                    f'<u:GetTotalBytes{name}Response xmlns:u="{COMMON}"><NewTotalBytes{name}>{count}'
                    f"</NewTotalBytes{name}></u:GetTotalBytes{name}Response></s:Body></s:Envelope>"
                )

            def answer(self, text):
                body = (text or "").encode()
                self.send_response(200 if text else 404)
                self.send_header("Content-Type", "text/xml")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        return Handler
