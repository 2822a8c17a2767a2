"""What is known of the collections that our model learns from and is measured on, by the name of their files."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Dataset:
    """A collection of labelled posts.

    Attributes:
        title: as `NOTICE` names it.
        terms: what its source says; a collection whose source says nothing is for training and checking alone.
        open: whether that is a licence under which anybody may use and pass on what is made of it.
        neutral: whether neutral posts are told apart. Where they are not, the few that are there are not learned, and
            macro figures say nothing.
        learned: whether a model may learn from it; the others are kept to measure with.
    """

    title: str
    terms: str
    open: bool = False
    neutral: bool = True
    learned: bool = True


DATASETS = {
    "aivivn_vi": Dataset("AIVIVN 2019", "none stated by the contest; a mirror is MIT", neutral=False),
    "airline_en": Dataset("Crowdflower airline tweets", "none clear; X's terms apply", learned=False),
    "apple_en": Dataset("CrowdFlower Apple tweets", "none stated; X's terms apply"),
    "brands_th": Dataset("JagerV3 sentiment_analysis_thai", "none stated", neutral=False),
    "iiith_hi": Dataset("IIIT-H code-mixed", "none stated"),
    "nusax_id": Dataset("NusaX", "CC BY-SA 4.0", open=True),
    "semeval_en": Dataset("SemEval-2017 Task 4", "for research; X's terms apply"),
    "sentimix_hi": Dataset("SentiMix", "for research; X's terms apply"),
    "smsa_id": Dataset("SmSA", "Apache-2.0 (IndoNLU)", open=True),
    "sxsw_brands_en": Dataset("CrowdFlower brands and product emotions", "none stated; X's terms apply"),
    "traveloka_vi": Dataset("Traveloka reviews", "none stated; reviews belong to their authors", neutral=False),
    "tweeteval_en": Dataset("TweetEval", "for research; X's terms apply"),
    "visfd_vi": Dataset("UIT-ViSFD", "for research; commercial use by its authors' leave"),
    "vlsp2016_vi": Dataset("VLSP 2016", "VLSP's research agreement"),
    "vlsp2018_vi": Dataset("VLSP 2018", "VLSP's research agreement", neutral=False),
    "vsfc_vi": Dataset("UIT-VSFC", "for research"),
    "wisesight_th": Dataset("Wisesight Sentiment Corpus", "CC0 1.0", open=True),
    **{
        f"care_{language}": Dataset("Hubbub care posts", "written for Hubbub, Apache-2.0", open=True)
        for language in ("en", "th", "vi")
    },
    **{
        f"umsab_{language}": Dataset("UMSAB", "for research; its eight sources' terms and X's apply")
        for language in ("ar", "de", "en", "es", "fr", "it", "pt")
    },
    "umsab_hi": Dataset("UMSAB", "its labels do not belong to its texts", learned=False),
}
UNKNOWN = Dataset("no known collection", "its owner's terms apply")


def dataset(name: str) -> Dataset:
    """What is known of the collection with that file name; of any other, that nothing is."""
    return DATASETS["airline_en"] if name.startswith("airline") else DATASETS.get(name, UNKNOWN)
