from hubbub.dashboards.forms.ranking import Ranking

PANEL = Ranking(
    title="By platform",
    reading="Where people talk, and how they sound there.",
    field="source",
    split=True,
)
