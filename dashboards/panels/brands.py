from hubbub.dashboards.forms.ranking import Ranking

PANEL = Ranking(
    title="By brand",
    reading="Which brand people talk about, and how they sound there.",
    field="brand",
    split=True,
)
