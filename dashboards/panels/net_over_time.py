from hubbub.dashboards.panel import CUSTOMERS, SENTIMENT, Grid, NetOverTime

PANEL = NetOverTime(
    title="Net sentiment over time",
    reading="Above the line praise outweighs complaint, below it complaint does; no mentions, no point.",
    grid=Grid(x=32, y=19, w=16, h=13),
    question={
        "query": CUSTOMERS,
        "size": 0,
        "aggs": {"time": {"date_histogram": {"field": "@timestamp"}, "aggs": {"sentiment": SENTIMENT}}},
    },
)
