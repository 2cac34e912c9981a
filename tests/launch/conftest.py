import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import uvicorn

from tests.launch.fakes.app.gateway import Gateway
from tests.launch.tree import Tree
from tests.stack import free_ports


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    folder = tmp_path / "clone"
    folder.mkdir()
    return Tree(folder, free_ports(8))


@pytest.fixture
def serve() -> Iterator[Callable[[Gateway], int]]:
    """Serves a web chat on a free port and returns the port."""
    servers = []

    def start(gateway: Gateway) -> int:
        port = free_ports(1)
        server = uvicorn.Server(uvicorn.Config(gateway, port=port, log_level="error", lifespan="off"))
        thread = threading.Thread(target=server.run)
        thread.start()
        servers.append((server, thread))
        while not server.started:
            time.sleep(0.01)
        return port

    yield start
    for server, thread in servers:
        server.should_exit = True
        thread.join()
