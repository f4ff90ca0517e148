"""Says what it sees of the place where it runs."""
import ctypes, getpass, os, platform, pwd, socket, subprocess, tempfile, time, uuid

libc = ctypes.CDLL(None)
seen = [
    ("user", os.getuid(), os.geteuid(), os.getgid(), getpass.getuser(), pwd.getpwuid(os.getuid()).pw_name),
    ("process", os.getpid(), os.getppid(), os.getpgrp(), libc.gettid()),
    ("host", socket.gethostname(), platform.node(), socket.getfqdn(), os.uname().nodename),
    ("processors", os.cpu_count(), sorted(os.sched_getaffinity(0)),
     open("/proc/cpuinfo").read().count("processor\t"), open("/proc/stat").read().count("cpu")),
    ("time", time.time_ns(), time.monotonic_ns(), time.strftime("%c %Z"), uuid.uuid1().hex),
    ("chance", os.urandom(8).hex(), uuid.uuid4().hex, hash("text"), id(object())),
    ("home", os.environ["HOME"], os.path.expanduser("~"), tempfile.mkdtemp(), os.listdir(os.environ["TMPDIR"])),
    ("environment", sorted(name for name in os.environ), os.environ.get("LANG"), os.environ.get("SEEN")),
    ("descriptors", os.listdir("/proc/self/fd")),
    ("processes", sorted(int(name) for name in os.listdir("/proc") if name.isdigit())),
    ("address", libc.rand(), hex(ctypes.addressof(ctypes.c_int.in_dll(libc, "optind")))),
    ("children", subprocess.run(["sh", "-c", "echo $$ $PPID $(hostname) $(nproc) $(id -un)"], capture_output=True, text=True).stdout),
]
with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()) as caller:
    accepted, peer = server.accept()
    seen.append(("ports", server.getsockname(), peer, caller.getsockname(), caller.getpeername(), accepted.getsockname()))
for line in seen:
    print(*line, flush=True)
