from hubbub.dashboards._kit.questions import NEGATIVE
from hubbub.dashboards.forms.number import Number

PANEL = Number(
    title="Negative mentions",
    reading="Posts by customers that the model judges negative; each may be somebody to reach out to.",
    query=NEGATIVE,
    of_all=True,
)
