from hubbub.dashboards._kit.questions import NEGATIVE
from hubbub.dashboards.forms.posts import Posts

PANEL = Posts(
    title="Newest negative posts",
    reading="The posts behind the negative numbers, newest first; open one to answer it where it was written.",
    query=NEGATIVE,
    nothing="No post in this period was judged negative.",
)
