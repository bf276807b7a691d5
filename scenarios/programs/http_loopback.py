# SPDX-License-Identifier: MIT
"""A threading HTTP server and three clients, in one process, over 127.0.0.1.

Each client gets its own documents and sends one back, on a connection that it keeps; every byte is
compared.  Prints who got what, in the order in which the clients came to their end.
"""
import hashlib
import threading

try:
    from http.client import HTTPConnection
    from http.server import BaseHTTPRequestHandler, HTTPServer
    from socketserver import ThreadingMixIn
except ImportError:  # Python 2
    from BaseHTTPServer import BaseHTTPRequestHandler, HTTPServer
    from SocketServer import ThreadingMixIn
    from httplib import HTTPConnection

CLIENTS = 3
SIZES = (1, 5000, 200000)


def document(name, size):
    line = ("document %s of %d bytes\n" % (name, size)).encode()
    return (line * (size // len(line) + 1))[:size]


class Server(ThreadingMixIn, HTTPServer):
    daemon_threads = True


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *args):
        pass

    def answer(self, body):
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        _, name, size = self.path.split("/")
        self.answer(document(name, int(size)))

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.answer(hashlib.sha256(body).hexdigest().encode())


def client(number, port, report):
    connection = HTTPConnection("127.0.0.1", port)
    got = []
    for size in SIZES:
        name = "c%d" % number
        connection.request("GET", "/%s/%d" % (name, size))
        body = connection.getresponse().read()
        got.append(body == document(name, size))
        connection.request("POST", "/", body)
        digest = connection.getresponse().read().decode()
        got.append(digest == hashlib.sha256(body).hexdigest())
    connection.close()
    report.append((number, got))


def main():
    server = Server(("127.0.0.1", 0), Handler)
    serving = threading.Thread(target=server.serve_forever)
    serving.start()
    report = []
    clients = [threading.Thread(target=client, args=(number, server.server_port, report))
               for number in range(CLIENTS)]
    for thread in clients:
        thread.start()
    for thread in clients:
        thread.join()
    server.shutdown()
    serving.join()
    server.server_close()
    assert all(all(got) for _, got in report), report
    print("%d clients: %s" % (len(report), " ".join("%d" % number for number, _ in report)))


main()
