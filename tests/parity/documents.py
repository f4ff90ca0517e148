#!/usr/bin/env python3
"""Compares our discovery and OpenAPI documents with the recorded ones, field for field, descriptions aside.

  documents.py --orrery build/orrery [-v]      (-v: every difference, not the first of each document)
"""
import argparse, json, os, sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(os.path.dirname(HERE), "support")]
from server import Server

DOCUMENTS = os.path.join(HERE, "documents")
AGGREGATED = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList"
# What names this very server or build.
OWN = {"serverAddress", "serverAddressByClientCIDRs", "gitVersion", "hash"}


def plan():
    """(file, path, accept) of every recorded document."""
    yield "api.json", "/api", "application/json"
    yield "apis.json", "/apis", "application/json"
    yield "discovery_v2_api.json", "/api", AGGREGATED
    yield "discovery_v2_apis.json", "/apis", AGGREGATED
    yield "paths.json", "/", "application/json"
    yield "openapi_v2.json", "/openapi/v2", "application/json"
    for name in sorted(os.listdir(os.path.join(DOCUMENTS, "resources"))):
        yield "resources/" + name, "/" + name[:-5].replace("__", "/"), "application/json"
    for name in sorted(os.listdir(os.path.join(DOCUMENTS, "openapi_v3"))):
        path = "/openapi/v3" if name == "index.json" else "/openapi/v3/" + name[:-5].replace("__", "/")
        yield "openapi_v3/" + name, path, "application/json"


def differences(want, got, path=""):
    """Lines of `path: what`; lists are compared in order, as a client would read them."""
    if isinstance(want, dict) and isinstance(got, dict):
        for key in sorted(set(want) | set(got)):
            if key in OWN or key == "description":
                continue
            where = path + "/" + key.replace("~", "~0").replace("/", "~1")
            if key not in got:
                yield where + ": missing"
            elif key not in want:
                yield where + ": not in the reference"
            else:
                yield from differences(want[key], got[key], where)
    elif isinstance(want, list) and isinstance(got, list):
        if len(want) != len(got):
            yield "%s: %d elements, want %d" % (path, len(got), len(want))
        for number, pair in enumerate(zip(want, got)):
            yield from differences(*pair, "%s/%d" % (path, number))
    elif path.endswith("/serverRelativeURL"):
        if want.split("?")[0] != got.split("?")[0]:
            yield "%s: %r, want %r" % (path, got, want)
    elif want != got or type(want) is not type(got):
        yield "%s: %s, want %s" % (path, json.dumps(got)[:200], json.dumps(want)[:200])


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--orrery", required=True)
    parser.add_argument("-v", action="store_true")
    args = parser.parse_args()
    total = failed = 0
    with Server(args.orrery, "--nodes", "0", "--controllers", "") as server:
        for name, path, accept in plan():
            with open(os.path.join(DOCUMENTS, name)) as file:
                want = json.load(file)
            status, got = server.request("GET", path, accept=accept)
            found = list(differences(want, got)) if status == 200 else ["status %d" % status]
            total += 1
            failed += bool(found)
            for line in found if args.v else found[:1]:
                print("%s %s" % (name, line))
            if found:
                print("FAIL %s: %d differences" % (name, len(found)))
    print("documents: %d of %d equal" % (total - failed, total))
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
