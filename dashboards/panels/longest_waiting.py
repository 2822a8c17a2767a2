from hubbub.dashboards._kit.questions import WAITING
from hubbub.dashboards.forms.posts import Posts

PANEL = Posts(
    title="Who waits",
    reading="The first post of each customer who waits; due first comes first, the more urgent before the less.",
    query=WAITING,
    nothing="Nobody who wrote in this period waits for an answer.",
    columns=("conversation.due_at", "urgency", "conversation.contacts"),
    order=(("conversation.due_at", "asc"), ("urgency", "desc")),
    ordered="due first comes first",
)
