"""What Jibek promises about time and memory, measured in one run beside its peers: `python -m benchmarks`."""
