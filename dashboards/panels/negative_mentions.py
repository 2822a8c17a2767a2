from hubbub.dashboards.panel import NEGATIVE, Grid, Number

PANEL = Number(
    title="Negative mentions",
    reading="Posts by customers that the model judges negative; each may be somebody to reach out to.",
    grid=Grid(x=16, y=0, w=16, h=7),
    question={"query": NEGATIVE, "size": 0},
)
