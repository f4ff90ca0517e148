"""A child sends its parent thousands of signals without a pause, and a timer of a microsecond does the same."""
import os, signal, time

COUNT = 5000
seen = {signal.SIGUSR1: 0, signal.SIGALRM: 0}


def count(number, _):
    seen[number] += 1


for number in seen:
    signal.signal(number, count)
parent = os.getpid()
child = os.fork()
if child == 0:
    for _ in range(COUNT):
        os.kill(parent, signal.SIGUSR1)
    os._exit(7)
_, status = os.waitpid(child, 0)
print(os.waitstatus_to_exitcode(status), seen[signal.SIGUSR1])
begun = time.monotonic_ns()
signal.setitimer(signal.ITIMER_REAL, 1e-6, 1e-6)
time.sleep(0.002)
signal.setitimer(signal.ITIMER_REAL, 0)
print(time.monotonic_ns() - begun >= 2_000_000, seen[signal.SIGALRM])
