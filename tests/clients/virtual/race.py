"""Two threads count in one ConfigMap. As it is, each reads the number and writes it back one higher: a lost update, now
and then. With --mended it says which version it has read, and begins again when that has changed."""
import json, random, sys, threading, time, urllib.error, urllib.request

import config_reader

PATH = "/api/v1/namespaces/default/configmaps/counter"
COUNTS = 3


def call(api, method, body=None):
    request = urllib.request.Request(api["server"] + PATH, method=method, data=json.dumps(body).encode() if body else None)
    request.add_header("Authorization", "Bearer " + api["token"])
    request.add_header("Content-Type", "application/json")
    with urllib.request.urlopen(request, context=api["context"]) as answer:
        return json.load(answer)


def count_once(api, is_mended):
    found = call(api, "GET")
    time.sleep(random.uniform(0, 0.005))
    found["data"]["number"] = str(int(found["data"]["number"]) + 1)
    if not is_mended:
        del found["metadata"]["resourceVersion"]
    try:
        call(api, "PUT", found)
        return True
    except urllib.error.HTTPError as error:
        if error.code != 409:
            raise
        return False


def work(api, name, is_mended):
    for _ in range(COUNTS):
        time.sleep(random.uniform(0, 0.05))
        while not count_once(api, is_mended):
            pass
        print(name, "counted at", time.time(), flush=True)


def main():
    api = config_reader.read()
    threads = [threading.Thread(target=work, args=(api, name, "--mended" in sys.argv)) for name in ("left", "right")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print("done", flush=True)
    while True:
        time.sleep(3600)


main()
