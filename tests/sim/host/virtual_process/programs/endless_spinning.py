"""A thread spins for ever; the other wants the interpreter's lock, which is asked for again and again."""
import threading, time


def spin():
    while True:
        pass


threading.Thread(target=spin, daemon=True).start()
time.sleep(5)
