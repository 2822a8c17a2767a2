from hubbub.dashboards.panel import CUSTOMERS, SENTIMENT, Grid, OverTime

PANEL = OverTime(
    title="Sentiment over time",
    reading="The same mentions by sentiment, negative at the bottom; a tall foot is trouble.",
    grid=Grid(x=24, y=7, w=24, h=12),
    question={
        "query": CUSTOMERS,
        "size": 0,
        "aggs": {"time": {"date_histogram": {"field": "@timestamp"}, "aggs": {"sentiment": SENTIMENT}}},
    },
)
