"""Children that are killed in waits of every kind."""
import fcntl, os, select, signal, socket, tempfile, threading, time
r, w = os.pipe()
lock = tempfile.NamedTemporaryFile()
fcntl.flock(lock, fcntl.LOCK_EX)
server = socket.create_server(("127.0.0.1", 0))
waits = {
    "sleep": lambda: time.sleep(1000),
    "read": lambda: os.read(r, 1),
    "poll": lambda: select.select([r], [], []),
    "flock": lambda: fcntl.flock(open(lock.name), fcntl.LOCK_EX),
    "accept": server.accept,
    "pause": signal.pause,
    "join": lambda: threading.Event().wait(),
}
for name, wait in waits.items():
    child = os.fork()
    if child == 0:
        wait()
        os._exit(1)
    time.sleep(5)
    os.kill(child, signal.SIGKILL)
    print(name, os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
