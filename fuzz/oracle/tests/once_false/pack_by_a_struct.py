# A method of what cannot change, which writes into its argument.
import struct
import threading


def outcome():
    packed = bytearray(2)
    form = struct.Struct("<h")
    seen = [None]

    def write():
        form.pack_into(packed, 0, 5)

    def read():
        seen[0] = packed[0]

    threads = [threading.Thread(target=body) for body in (write, read)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return repr(seen)
