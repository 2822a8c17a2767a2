"""Errors by recovery: what can be tried again, what is left out, and what stops the run."""


class HubbubError(Exception):
    """One clear line for the reader, with what to do where there is something to do. Never holds a secret."""


class Retryable(HubbubError):
    """The other side was busy or away: the same call may succeed later.

    Attributes:
        retry_after: seconds after which the other side asked to be called again, if it said so.
    """

    def __init__(self, message: str, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class Skippable(HubbubError):
    """This one record is bad: it goes to the dead letters and the run goes on."""


class Fatal(HubbubError):
    """The run cannot go on, and trying again as it is will not help. Exit status 1."""


class Misconfigured(Fatal):
    """Wrong usage, settings or input: somebody has to change something first. Exit status 2."""
