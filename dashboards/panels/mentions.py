from hubbub.dashboards.forms.number import Number

PANEL = Number(
    title="Mentions",
    reading="Posts about the brands by customers; what the brands say themselves is not counted.",
)
