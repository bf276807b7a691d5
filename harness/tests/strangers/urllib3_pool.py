# SPDX-License-Identifier: MIT
"""Two threads ask two servers by way of one manager that keeps one pool."""
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import urllib3


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"ok")

    def log_message(self, *args):
        pass


def scenario(pools):
    servers = [HTTPServer(("127.0.0.1", 0), Handler) for _ in range(2)]
    serving = [threading.Thread(target=server.handle_request) for server in servers]
    failed = []
    manager = urllib3.PoolManager(num_pools=pools, retries=False)

    def get(server):
        try:
            manager.request("GET", "http://127.0.0.1:%d/" % server.server_port)
        except urllib3.exceptions.HTTPError as error:
            failed.append(type(error).__name__)
            server.server_close()

    asking = [threading.Thread(target=get, args=(server,)) for server in servers]
    for thread in serving + asking:
        thread.start()
    for thread in asking:
        thread.join()
    assert not failed, failed
    for thread in serving:
        thread.join()
    manager.clear()
    for server in servers:
        server.server_close()


def test_two_hosts():
    scenario(1)


def test_two_hosts_fixed():
    scenario(2)
