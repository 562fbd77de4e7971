"""openmined-psi: a set of strings and lookups into it, by ECDH with a compressed filter (GCS).

Reads `{"records": n, "lookups": m, "known": k}` on stdin and writes `{"version", "setup",
"lookups", "setup_bytes", "lookup_bytes", "hits"}`: seconds and bytes of both phases, for n strings
of the server and m of the client, k of which are among them. Imports nothing of Taawun.
"""

from __future__ import annotations

import json
import sys
import time

RATE = 1e-9
"""The chance that any lookup of a question is a false hit."""


def main() -> None:
    import private_set_intersection.python as psi

    asked = json.load(sys.stdin)
    records = [f"record {n}" for n in range(asked["records"])]
    lookups = [f"record {n}" for n in range(asked["known"])]
    lookups += [f"stranger {n}" for n in range(asked["lookups"] - asked["known"])]
    server, client = psi.server.CreateWithNewKey(True), psi.client.CreateWithNewKey(True)
    began = time.perf_counter()
    made = server.CreateSetupMessage(RATE, len(lookups), records)
    setup = time.perf_counter() - began
    began = time.perf_counter()
    request = client.CreateRequest(lookups)
    response = server.ProcessRequest(request)
    found = client.GetIntersection(made, response)
    took = time.perf_counter() - began
    answer = {
        "version": psi.__version__,
        "setup": setup,
        "lookups": took,
        "setup_bytes": made.ByteSize(),
        "lookup_bytes": request.ByteSize() + response.ByteSize(),
        "hits": len(found),
    }
    json.dump(answer, sys.stdout)


if __name__ == "__main__":
    main()
