"""A handler runs three times in waits of every kind, which Python begins again."""
import os, select, signal, socket, threading, time
caught = []
signal.signal(signal.SIGALRM, lambda *_: caught.append(1))
r, w = os.pipe()
server = socket.create_server(("127.0.0.1", 0))
server.settimeout(10)
def timed_out(wait):
    try:
        wait()
    except TimeoutError:
        pass
condition = threading.Condition()
condition.acquire()
waits = {
    "sleep": lambda: time.sleep(10),
    "select": lambda: select.select([r], [], [], 10),
    "poll": lambda: (lambda p: (p.register(r), p.poll(10000)))(select.poll()),
    "epoll": lambda: select.epoll().poll(10),
    "accept": lambda: timed_out(server.accept),
    "condition": lambda: condition.wait(10),
    "sigtimedwait": lambda: signal.sigtimedwait([signal.SIGUSR1], 10),
}
for name, wait in waits.items():
    caught.clear()
    signal.setitimer(signal.ITIMER_REAL, 3, 3)
    began = time.monotonic()
    wait()
    took = time.monotonic() - began
    signal.setitimer(signal.ITIMER_REAL, 0)
    print(name, round(took, 2), len(caught))
