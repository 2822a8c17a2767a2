from hubbub.dashboards.panel import CUSTOMERS, SENTIMENT, Grid, Net

PANEL = Net(
    title="Net sentiment",
    reading="Positive minus negative mentions, as a share of all: from -100% (all negative) to +100% (all positive).",
    grid=Grid(x=32, y=0, w=16, h=7),
    question={"query": CUSTOMERS, "size": 0, "aggs": {"sentiment": SENTIMENT}},
)
