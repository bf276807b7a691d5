# While what iter_unpack() gives is there, its bytes can be neither more nor fewer.
import struct
import threading


def read(memory, kept):
    one = struct.iter_unpack("b", memory)
    kept.append(0)
    del one
    kept.append(1)


def write(memory, seen):
    seen.append(0)
    try:
        memory.append(1)
    except BufferError:
        seen.append(1)


def outcome():
    memory, kept, seen = bytearray(2), [], []
    threads = [threading.Thread(target=read, args=(memory, kept)),
               threading.Thread(target=write, args=(memory, seen))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return repr(seen)
