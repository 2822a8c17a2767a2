from hubbub.dashboards.forms.over_time import OverTime

PANEL = OverTime(
    title="Sentiment over time",
    reading="The same mentions by sentiment, negative at the bottom; a tall foot is trouble.",
    split=True,
)
