# An object of ctypes can be the memory of another object.
import ctypes
import threading


def outcome():
    memory = bytearray(4)
    number = ctypes.c_int.from_buffer(memory)
    seen = [None]

    def write():
        number.value = 1

    def read():
        seen[0] = memory[0]

    threads = [threading.Thread(target=body) for body in (write, read)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return repr(seen)
