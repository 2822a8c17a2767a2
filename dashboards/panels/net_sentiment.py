from hubbub.dashboards.forms.net import Net

PANEL = Net(
    title="Net sentiment",
    reading="Positive minus negative mentions, as a share of all: from -100% (all negative) to +100% (all positive).",
)
