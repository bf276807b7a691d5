# SPDX-License-Identifier: MIT
"""Downloads files in chunks: tasklets in front, blocking sockets in worker threads behind.

    slpython http_download.py [--chunks N] [--chunk-size BYTES] [--downloads N] [--workers N]

Each download is three kinds of tasklets on the main thread.  A reader takes chunks off the
response; its reads are done by a pool of worker threads, so that only the reader waits for the
network.  A short-lived relay hands each chunk to the checker, and it is noted when the relay is
gone.  The checker compares every chunk with what the server should have sent.

The server is Python's own, on the loopback interface.  The exit status is 0 if every chunk arrived
as it was sent, 1 if one did not, and 77 on an interpreter whose tasklets cannot do this.
"""

import argparse
import collections
import http.client
import http.server
import io
import json
import logging
import queue
import sys
import threading
import weakref

try:
    import stackless
except ImportError:
    print("there is no module stackless")
    sys.exit(77)
if not hasattr(stackless.tasklet, "thread_id"):  # PyPy's
    print("the channels of this stackless stay within their thread")
    sys.exit(77)

HISTORY = 128  # how many notes a line of the log looks back

log = logging.getLogger("download")


def content(download, chunk, size):
    """What the given chunk of the given download consists of."""
    label = b"download %d chunk %d\n" % (download, chunk)
    return (label * (size // len(label) + 1))[:size]


# ---- the server ----


class Handler(http.server.BaseHTTPRequestHandler):
    """GET /download/chunks/size"""

    def do_GET(self):
        download, chunks, size = map(int, self.path.strip("/").split("/"))
        self.send_response(200)
        self.send_header("Content-Type", "application/octet-stream")
        self.send_header("Content-Length", str(chunks * size))
        self.end_headers()
        for chunk in range(chunks):
            self.wfile.write(content(download, chunk, size))

    def log_message(self, format, *args):
        pass


def start_server():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, name="server", daemon=True).start()
    return server


# ---- worker threads ----


class Pool:
    """OS threads that make blocking calls for tasklets."""

    def __init__(self, workers):
        self.jobs = queue.SimpleQueue()
        self.threads = [
            threading.Thread(target=self.work, name=f"worker-{number}", daemon=True)
            for number in range(workers)
        ]
        for thread in self.threads:
            thread.start()

    def call_async(self, func, *args):
        """func(*args), called by a worker.  The calling tasklet waits, its thread goes on."""
        reply = stackless.channel()
        self.jobs.put((reply, func, args))
        return reply.receive()

    def work(self):
        while job := self.jobs.get():
            reply, func, args = job
            try:
                result = func(*args)
            except Exception as error:
                reply.send_throw(type(error), error, error.__traceback__)
            else:
                reply.send(result)

    def close(self):
        for _ in self.threads:
            self.jobs.put(None)
        for thread in self.threads:
            thread.join()


class Body(io.RawIOBase):
    """The body of a response.  Each read is made by a worker."""

    def __init__(self, pool, response):
        self.pool = pool
        self.response = response

    def readable(self):
        return True

    def readinto(self, buffer):
        return self.pool.call_async(self.response.readinto, buffer)


# ---- the log: each line says what came before it ----


class Note:
    """A chunk was handed over."""

    __slots__ = ("download", "chunk", "in_flight", "after")

    def __init__(self, download, chunk, in_flight, after):
        self.download = download
        self.chunk = chunk
        self.in_flight = in_flight
        self.after = after

    def as_dict(self):
        return {name: getattr(self, name) for name in self.__slots__}


class History:
    """The last notes, linked from the newest to the oldest."""

    def __init__(self):
        self.notes = collections.deque(maxlen=HISTORY)

    def add(self, download, chunk, in_flight):
        newest = Note(download, chunk, in_flight, self.notes[-1] if self.notes else None)
        if len(self.notes) == HISTORY:
            self.notes[1].after = None
        self.notes.append(newest)
        return newest


class JsonFormatter(logging.Formatter):
    """A record's first argument as one line of JSON."""

    def format(self, record):
        return json.dumps({"event": record.msg, "note": record.args[0]}, default=Note.as_dict)


class LastLines(logging.Handler):
    """Keeps the end of the log, for the report of a failure."""

    def __init__(self, count):
        super().__init__()
        self.lines = collections.deque(maxlen=count)

    def emit(self, record):
        self.lines.append(self.format(record))


# ---- downloads ----


class Download:
    """One file.  number counts from 1, its chunks from 0."""

    def __init__(self, number, chunks, size, pool, history):
        self.number = number
        self.chunks = chunks
        self.size = size
        self.pool = pool
        self.history = history
        self.relays = {}  # weak reference to a relay -> which chunk it carries
        self.arrived = stackless.channel()
        # A relay that has handed its chunk over goes on first: it is out of the way before anybody
        # looks at the chunk.
        self.arrived.preference = 1

    def open(self, address):
        connection = http.client.HTTPConnection(*address)
        connection.request("GET", f"/{self.number}/{self.chunks}/{self.size}")
        return connection.getresponse()

    def read(self, address):
        """The reader."""
        response = self.pool.call_async(self.open, address)
        stream = io.BufferedReader(Body(self.pool, response), buffer_size=self.size)
        for chunk in range(self.chunks):
            self.relay(chunk, stream.read(self.size))
        stackless.tasklet(self.arrived.send_exception)(StopIteration)

    def relay(self, chunk, data):
        tasklet = stackless.tasklet(self.arrived.send)(data)
        self.relays[weakref.ref(tasklet, self.relayed)] = chunk

    def relayed(self, reference):
        """A relay is gone."""
        chunk = self.relays.pop(reference)
        log.info("relayed", self.history.add(self.number, chunk, len(self.relays)))

    def wrong(self, chunk, data):
        """What is wrong with a chunk, or None."""
        expected = content(self.number, chunk, self.size)
        if data is None:
            return f"chunk {chunk} of download {self.number} is None"
        if data != expected:
            return (
                f"chunk {chunk} of download {self.number} is not what was sent: "
                f"{len(data)} bytes that begin {data[:32]!r}"
            )
        return None

    def check(self, finished):
        """The checker."""
        count = 0
        for problem in map(self.wrong, range(self.chunks), self.arrived):
            if problem:
                finished.send((count, problem))
                return
            count += 1
        problem = None
        if count != self.chunks:
            problem = f"download {self.number} ends after {count} of {self.chunks} chunks"
        finished.send((count, problem))

    def start(self, address, finished):
        stackless.tasklet(self.check)(finished)
        stackless.tasklet(self.read)(address)


def download_all(options, address):
    """Returns how many chunks arrived, and what is wrong or None."""
    pool = Pool(options.workers)
    history = History()
    finished = stackless.channel()
    each, rest = divmod(options.chunks, options.downloads)
    for number in range(1, options.downloads + 1):
        chunks = each + (number <= rest)
        Download(number, chunks, options.chunk_size, pool, history).start(address, finished)
    arrived = 0
    for _ in range(options.downloads):
        count, problem = finished.receive()
        if problem:
            return arrived, problem
        arrived += count
    pool.close()
    return arrived, None


def positive(text):
    number = int(text)
    if number < 1:
        raise ValueError
    return number


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--chunks", type=positive, default=10000, help="of all downloads together")
    parser.add_argument("--chunk-size", type=positive, default=1024, metavar="BYTES")
    parser.add_argument("--downloads", type=positive, default=4, help="how many at a time")
    parser.add_argument("--workers", type=positive, default=4, help="threads in the pool")
    return parser.parse_args()


def main():
    options = parse_arguments()
    last_lines = LastLines(1)
    last_lines.setFormatter(JsonFormatter())
    log.addHandler(last_lines)
    log.setLevel(logging.INFO)
    log.propagate = False

    server = start_server()
    arrived, problem = download_all(options, server.server_address)
    server.shutdown()
    if problem:
        print(problem)
        for line in last_lines.lines:
            print("last note:", line[:120], file=sys.stderr)
        return 1
    print(f"{arrived} chunks arrived intact")
    return 0


if __name__ == "__main__":
    sys.exit(main())
