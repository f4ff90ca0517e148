"""Listens for as many seconds as it is told, and dies of it."""
import socket, sys, time

server = socket.socket()
server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
server.bind(("127.0.0.1", 18444))
server.listen()
print("listening", flush=True)
time.sleep(float(sys.argv[1]))
sys.exit(5)
