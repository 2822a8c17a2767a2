from hubbub.dashboards.forms.ranking import Ranking

PANEL = Ranking(
    title="Top matched terms",
    reading="The words of the watch list that were found; a mention with two of them counts for both.",
    field="match.term",
    split=True,
)
