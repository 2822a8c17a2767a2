"""Alerts that hold whatever a stranger may write."""

from hypothesis import strategies as st

from hubbub.core.alert import Alert, Evidence
from tests.alerts.made import finding

nasty = st.text(max_size=60) | st.sampled_from(
    [
        "<!channel>",
        "<https://evil.example|Fix it>",
        "&lt;!here&gt;",
        "a\n*b*\n> c",
        "\u202egnp.exe",
        "\x1b[2J",
        "🔥" * 700,
    ]
)
urls = nasty | nasty.map(lambda text: "https://a.example/" + text)
posts = st.builds(
    Evidence,
    mention_id=st.just("x:1"),
    title=nasty | st.none(),
    text=nasty,
    url=urls | st.none(),
    source=nasty,
    author=nasty,
)
alerts = st.builds(
    Alert,
    key=nasty,
    title=nasty,
    summary=nasty,
    findings=st.just((finding(),)),
    evidence=st.lists(posts, max_size=12).map(tuple),
)
