from hubbub.dashboards._kit.questions import WAITING
from hubbub.dashboards.forms.number import Number

PANEL = Number(
    title="Waiting for an answer",
    reading="Customers whose last question, problem or request nobody has answered yet.",
    query=WAITING,
)
