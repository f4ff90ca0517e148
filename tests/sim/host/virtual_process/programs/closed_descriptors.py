"""Closes all descriptors, and goes on."""
import os, time
os.closerange(0, 4096)
time.sleep(1000)
os._exit(3)
