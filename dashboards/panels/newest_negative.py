from hubbub.dashboards.panel import NEGATIVE, Grid, Posts

PANEL = Posts(
    title="Newest negative posts",
    reading="The posts behind the negative numbers, newest first; open one to answer it where it was written.",
    grid=Grid(x=0, y=32, w=48, h=20),
    question={
        "query": NEGATIVE,
        "size": 200,
        "sort": [{"@timestamp": "desc"}],
        "_source": [
            "@timestamp",
            "brand",
            "source",
            "channel",
            "user.name",
            "title",
            "message",
            "language",
            "sentiment.confidence",
            "sentiment.uncertain",
            "url.full",
        ],
    },
)
