from hubbub.dashboards.panel import CUSTOMERS, SENTIMENT, Grid, Ranking

PANEL = Ranking(
    title="By platform",
    reading="Where people talk, and how they sound there.",
    grid=Grid(x=0, y=19, w=16, h=13),
    question={
        "query": CUSTOMERS,
        "size": 0,
        "aggs": {"values": {"terms": {"field": "source", "size": 10}, "aggs": {"sentiment": SENTIMENT}}},
    },
)
