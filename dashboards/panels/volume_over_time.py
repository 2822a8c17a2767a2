from hubbub.dashboards.panel import CUSTOMERS, Grid, OverTime

PANEL = OverTime(
    title="Volume over time",
    reading="How many mentions were posted in each stretch of time; a gap is silence or a source that was not read.",
    grid=Grid(x=0, y=7, w=24, h=12),
    question={"query": CUSTOMERS, "size": 0, "aggs": {"time": {"date_histogram": {"field": "@timestamp"}}}},
)
