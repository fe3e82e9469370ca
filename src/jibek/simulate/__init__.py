"""The simulation: a corridor compiled to arrays, the event loop, replications in threads."""

from jibek.simulate._deadlock import Deadlock
from jibek.simulate._demand import expected_containers
from jibek.simulate._network import CLASSES, Compiled, compile_corridor
from jibek.simulate._replicate import Progress, Stop, replicate, replicate_into, replication_in_parts
from jibek.simulate._replication import Names, Replication
from jibek.simulate._source import compiled

__all__ = [
    "CLASSES",
    "Compiled",
    "Deadlock",
    "Names",
    "Progress",
    "Replication",
    "Stop",
    "compile_corridor",
    "compiled",
    "expected_containers",
    "replicate",
    "replicate_into",
    "replication_in_parts",
]
