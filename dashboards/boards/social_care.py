from hubbub.dashboards._kit.board import Board
from hubbub.dashboards.panels import (
    mentions,
    negative_mentions,
    net_over_time,
    net_sentiment,
    newest_negative,
    sentiment_over_time,
    sources,
    top_terms,
    volume_over_time,
)

BOARD = Board(
    title="Social care overview",
    about="What customers say about the brands, and the negative posts behind the numbers.",
    panels=[
        mentions,
        negative_mentions,
        net_sentiment,
        volume_over_time,
        sentiment_over_time,
        sources,
        top_terms,
        net_over_time,
        newest_negative,
    ],
)
