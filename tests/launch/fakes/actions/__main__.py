import os

import listener

listener.serve("actions", int(os.environ["DIANDA_ACTIONS_PORT"]))
