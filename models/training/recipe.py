"""Everything that decides what comes out of a training run, besides the data and the base encoder."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Share:
    """How much of a dataset a pass takes, drawn anew for each pass.

    Attributes:
        most: posts at most.
        neutral: neutral posts at most.
        times: that each post comes.
    """

    most: int | None = None
    neutral: int | None = None
    times: int = 1


MIXTURE: Mapping[str, Share] = {
    "aivivn_vi": Share(most=5_000),
    "apple_en": Share(times=2),
    "brands_th": Share(times=3),
    "iiith_hi": Share(times=2),
    "nusax_id": Share(times=2),
    "semeval_en": Share(most=22_000),
    "sentimix_hi": Share(most=4_000),
    "smsa_id": Share(most=2_500),
    "sxsw_brands_en": Share(most=2_500),
    "vlsp2016_vi": Share(times=2),
    "vsfc_vi": Share(most=4_500),
    "wisesight_th": Share(neutral=6_500),
    **{f"care_{language}": Share(times=6) for language in ("en", "th", "vi")},
    **{f"umsab_{language}": Share(times=2) for language in ("ar", "de", "es", "fr", "it", "pt")},
}


@dataclass(frozen=True)
class Recipe:
    """How the weights are learned.

    Attributes:
        name: as `hubbub train --recipe` knows it.
        courses: times that the encoder is trained from the same start, with other posts in other dresses and another
            order; their weights are averaged (model soups: Wortsman et al. 2022, https://arxiv.org/abs/2203.05482).
        passes: over the mixture, in each course.
        batch: posts in a step.
        max_tokens: of a text while training, special ones included.
        label_smoothing: share of the probability that goes to the other classes.
        warmup: share of the steps in which the learning rate rises to its height, before it falls to zero.
        pieces: of the vocabulary, that are kept.
        frozen: whether the word embeddings stay as they are.
        layer_decay: what the learning rate is multiplied by from each layer to the one below it.
        dressed: whether posts are learned as people write them too (see `dresses.py`).
        folded_words: whether pieces that differ in accents are the same to the linear model, as those in capitals are.
        mixture: by dataset, what a pass takes of it; all of one that is not named, once.
        balance: by language, how far rare classes are lifted: 0 not at all, 1 to the weight of the frequent ones.
        closeness: weight of the cosine distance to the base encoder's embedding, beside the cross entropy.
        anchors: posts that it is measured on, drawn once; to embed one costs a third of learning it once.
    """

    name: str = "full"
    courses: int = 2
    passes: float = 1.8
    learning_rate: float = 1.4e-4
    batch: int = 64
    max_tokens: int = 80
    label_smoothing: float = 0.05
    warmup: float = 0.06
    weight_decay: float = 0.01
    pieces: int = 54_000
    frozen: bool = False
    layer_decay: float = 0.95
    dressed: bool = True
    folded_words: bool = False
    mixture: Mapping[str, Share] = field(default_factory=lambda: MIXTURE)
    balance: Mapping[str, float] = field(
        default_factory=lambda: {"en": 0.75, "hi": 0.5, "id": 0.5, "th": 0.25, "vi": 0.5}
    )
    closeness: float = 2.0
    anchors: int = 40_000
    seed: int = 7


FULL = Recipe()
RECIPES = {
    recipe.name: recipe
    for recipe in (
        FULL,
        Recipe(
            name="short",
            courses=1,
            passes=1,
            learning_rate=1.2e-4,
            batch=32,
            frozen=True,
            layer_decay=1.0,
            anchors=20_000,
        ),
    )
}
