"""The first pipe's number is the second's, then a socket's; each wakes the same poll."""
import os, select, socket, threading, time
poll = select.epoll()
for kind in ("pipe", "pipe", "socket"):
    a, b = (end.detach() for end in socket.socketpair()) if kind == "socket" else os.pipe()
    poll.register(a, select.EPOLLIN)
    threading.Timer(100, os.write, (b, b"x")).start()
    began = time.monotonic()
    ready = poll.poll(1000)
    print(kind, a, [file == a for file, events in ready], round(time.monotonic() - began))
    os.close(a)
    os.close(b)
