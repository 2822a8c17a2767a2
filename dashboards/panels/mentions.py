from hubbub.dashboards.panel import CUSTOMERS, Grid, Number

PANEL = Number(
    title="Mentions",
    reading="Posts about the brands by customers; what the brands say themselves is not counted.",
    grid=Grid(x=0, y=0, w=16, h=7),
    question={"query": CUSTOMERS, "size": 0},
)
