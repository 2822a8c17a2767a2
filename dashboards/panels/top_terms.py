from hubbub.dashboards.panel import CUSTOMERS, SENTIMENT, Grid, Ranking

PANEL = Ranking(
    title="Top matched terms",
    reading="The words of the watch list that were found; a mention with two of them counts for both.",
    grid=Grid(x=16, y=19, w=16, h=13),
    question={
        "query": CUSTOMERS,
        "size": 0,
        "aggs": {"values": {"terms": {"field": "match.term", "size": 10}, "aggs": {"sentiment": SENTIMENT}}},
    },
)
