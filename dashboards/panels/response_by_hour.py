from hubbub.dashboards._kit.questions import ANSWERED
from hubbub.dashboards.forms.durations import Durations

PANEL = Durations(
    title="First response by hour",
    reading="The same by the hour of the day at which the customer wrote, in the team's time zone.",
    query=ANSWERED,
    field="posted.hour",
    took="conversation.response_seconds",
    most=24,
    numbered=True,
)
