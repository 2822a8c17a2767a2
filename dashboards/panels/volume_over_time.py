from hubbub.dashboards.forms.over_time import OverTime

PANEL = OverTime(
    title="Volume over time",
    reading="How many mentions were posted in each stretch of time; a gap is silence or a source that was not read.",
)
