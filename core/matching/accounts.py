"""Which accounts speak for which brand."""

from collections import defaultdict
from collections.abc import Sequence

from hubbub.core.matching.watchlist import Brand


class Accounts:
    """The brands' accounts by their names. Only capitals are folded: a look-alike name is another account."""

    def __init__(self, brands: Sequence[Brand]) -> None:
        self._anywhere: dict[str, list[tuple[Brand, str]]] = defaultdict(list)
        self._on: dict[tuple[str, str], list[tuple[Brand, str]]] = defaultdict(list)
        for brand in brands:
            for handle in brand.handles:
                self._anywhere[handle.casefold()].append((brand, handle))
            for platform, accounts in brand.accounts.items():
                for account in accounts:
                    self._on[platform, account.casefold()].append((brand, account))

    def of(self, platform: str, name: str | None) -> list[tuple[Brand, str]]:
        """The brands that the account speaks for, with the account as the watch list writes it."""
        if not name:
            return []
        account = "@" + name.lstrip("@").casefold()
        if account not in self._anywhere and (platform, account) not in self._on:
            return []
        named = [found for found in self._anywhere.get(account, ()) if platform not in found[0].accounts]
        return named + self._on.get((platform, account), [])
