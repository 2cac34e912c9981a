"""A process that listens on a port, and misbehaves as a file beside it asks."""

import http.server
import pathlib
import signal
import sys


def serve(name: str, port: int) -> None:
    here = pathlib.Path.cwd()
    if (here / f"{name}-dies").exists():
        sys.exit(f"ValueError: {name} does not like this")
    if (here / f"{name}-stays").exists():
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    if (here / f"{name}-in-trouble").exists():
        print("ERROR 张三 13800001111", flush=True)
    print(f"{name} listens", flush=True)
    http.server.ThreadingHTTPServer(("127.0.0.1", port), http.server.BaseHTTPRequestHandler).serve_forever()
