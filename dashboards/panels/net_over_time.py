from hubbub.dashboards.forms.net_over_time import NetOverTime

PANEL = NetOverTime(
    title="Net sentiment over time",
    reading="Above the line praise outweighs complaint, below it complaint does; no mentions, no point.",
)
