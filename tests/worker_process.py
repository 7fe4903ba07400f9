"""A worker as a process of its own, at a quicker pace, with the environment's settings.

python worker_process.py LEASE, in seconds.
"""

from __future__ import annotations

import sys
import threading

from customer_assist.bootstrap import choose_worker, open_database
from customer_assist.config import load_settings
from customer_assist.logs import configure_logging
from customer_assist.worker import Pace

if __name__ == "__main__":
    settings = load_settings()
    configure_logging("info")
    pace = Pace(look=0.05, lease=float(sys.argv[1]), first=0.1, longest=0.5)
    with open_database(settings) as database, choose_worker(settings, database, pace).running():
        sys.stdout.write("running\n")
        sys.stdout.flush()
        threading.Event().wait()
