"""What a run leaves: tables on disk, figures with intervals, pictures, a comparison with observations."""

from jibek.results._folder import RunError
from jibek.results._run import Run
from jibek.results._simulate import simulate
from jibek.results._validate import Comparison, validate

__all__ = ["Comparison", "Run", "RunError", "simulate", "validate"]
