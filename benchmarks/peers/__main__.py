"""A peer timed in a process of its own, as `in_process` asks; Cimba must be loaded before anything else is compiled."""

from __future__ import annotations

import importlib
import json
import sys
from functools import partial

from benchmarks._measure import clocked

case = json.loads(sys.argv[1])
mean_wait = importlib.import_module(f"benchmarks.peers._{case.pop('name')}").mean_wait
mean_wait(100, case["load"], case["seed"])
print(json.dumps(clocked(partial(mean_wait, **case))))
