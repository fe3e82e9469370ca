"""The simulation proved against queueing theory: packages small enough for exact answers."""

from jibek.verify._cases import CASES
from jibek.verify._quantity import Case, Quantity
from jibek.verify._verify import FAMILY_CONFIDENCE, REPLICATIONS, Proof, Verdict, confidence, verify

__all__ = ["CASES", "FAMILY_CONFIDENCE", "REPLICATIONS", "Case", "Proof", "Quantity", "Verdict", "confidence", "verify"]
