# %% [markdown]
# # First steps
# Read a corridor, simulate it, look at the answer, change something.

# %%
import jibek

corridor = jibek.read("starter").with_clock(days=60)
corridor

# %% A run: three replications of sixty days.
base = jibek.simulate(corridor, replications=3)
base

# %% How long does a container take, and where do its days go?
print(base.statistics["total.transit_days.p90"], "days for nine in ten")
base.statistics.budget()

# %% The same with 20 % more demand and the same storms.
busier = jibek.simulate(corridor.with_changes("flows.*.teu_per_year*=1.2"), replications=3)
for name, run in (("base", base), ("busier", busier)):
    print(f"{name}: {run.statistics['total.delivered_teu']} TEU, {run.statistics['total.transit_days.mean']} days")
print(busier.difference(base, "total.transit_days.mean"), "days more, replication by replication")

# %% Pictures, of all flows or of one.
figure = base.figures.time_budget()
one = base.figures.transit_distribution("west")
