from hubbub.dashboards._kit.questions import ANSWERED, IN_TIME
from hubbub.dashboards.forms.share import Share

PANEL = Share(
    title="Answered in time",
    reading="Customers whose first answer came within the service level, as a share of those who were answered.",
    query=ANSWERED,
    part=IN_TIME,
    of="customers who were answered",
)
