from hubbub.dashboards._kit.questions import ANSWERED
from hubbub.dashboards.forms.durations import Durations

PANEL = Durations(
    title="First response by platform",
    reading="How long customers waited for their first answer: half of them no longer than the bar.",
    query=ANSWERED,
    field="source",
    took="conversation.response_seconds",
)
