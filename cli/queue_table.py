"""The queue on a terminal: an entry a small block, which fits 80 columns and uses 140."""

from datetime import timedelta, tzinfo

from rich.console import Group
from rich.table import Table
from rich.text import Text

from hubbub.cli import show
from hubbub.conversations.queue import State
from hubbub.core.moments import shown
from hubbub.core.text import harmless, shortened
from hubbub.desk.entry import Entry
from hubbub.desk.queue import Queue

_LEFT = 26  # columns of the numbers
_LINES = 2  # of a post's words


def queue_table(found: Queue, snoozed: bool, limit: int, zone: tzinfo) -> None:
    """Prints it, with a line below that says how much there is in all."""
    chosen = found.snoozed if snoozed else found.entries
    if chosen:
        table = Table(header_style="dim", box=None, pad_edge=False, padding=(0, 2, 0, 0), expand=True)
        table.add_column("urgency", justify="right", no_wrap=True)
        table.add_column("waits, due", no_wrap=True)
        table.add_column("who and why", ratio=1)
        for entry in chosen[:limit]:
            table.add_row(*_cells(entry, zone))
            table.add_row()
        show.console.print(table)
    show.console.print(_sum(found, snoozed, len(chosen), limit), style="dim")


def said(entry: Entry, zone: tzinfo) -> str:
    """What holds of an entry, in a line."""
    holds, last = entry.holds, entry.log[-1] if entry.log else None
    told = [entry.id, holds.state.value if holds.state else "waits for no answer"]
    if holds.snoozed and holds.snoozed.until:
        told.append(f"until {shown(holds.snoozed.until, zone)}")
    if holds.taken:
        told.append(f"{holds.taken.by} has it")
    if last and not holds.waits:
        told.append(f"by {last.by}" + (f": {last.why}" if last.why else ""))
    if entry.team and holds.waits:
        told.append(f"team {entry.team}")
    return harmless(" · ".join(told))


def _cells(entry: Entry, zone: tzinfo) -> tuple[Text | Group, ...]:
    times = Text(span(entry.waited))
    times.append(f"\n{_due(entry)}", style="bold red" if entry.late else "dim")
    words = shortened(harmless(entry.words), _LINES * (show.console.width - _LEFT))
    below = Text(", ".join(map(harmless, entry.reasons)), style="yellow")
    below.append(f"{' · ' if entry.reasons else ''}{harmless(entry.id)}", style="dim")
    return Text(f"{entry.shown.urgency:.2f}"), times, Group(_head(entry, zone), Text(words), below)


def _head(entry: Entry, zone: tzinfo) -> Text:
    """For whom and where somebody waits, and who deals with it."""
    opening, holds = entry.exchange.opening, entry.holds
    place = " ".join(part for part in (opening.source, opening.channel) if part)
    who = f"@{entry.customer}" if entry.customer else "somebody"
    head = Text(harmless(" · ".join([entry.exchange.brand, place, who])), style="bold")
    if entry.team:
        head.append(f" · team {harmless(entry.team)}", style="not bold")
    if holds.taken:
        head.append(f" · taken by {harmless(holds.taken.by)}", style="not bold green")
    if holds.snoozed and holds.snoozed.until:
        head.append(f" · snoozed until {shown(holds.snoozed.until, zone)}", style="not bold cyan")
    return head


def _due(entry: Entry) -> str:
    if entry.due_at is None:
        return ""
    left = entry.due_at - entry.now
    return f"in {span(left)}" if left >= timedelta() else f"late {span(-left)}"


def span(length: timedelta) -> str:
    """How long, in its two largest units at most: `40 min`, `3 h 05`, `2 d 4 h`, `412 d`."""
    minutes = int(length.total_seconds()) // 60
    if minutes < 60:
        return f"{minutes} min"
    if minutes < 24 * 60:
        return f"{minutes // 60} h {minutes % 60:02}"
    days, hours = divmod(minutes // 60, 24)
    return f"{days} d {hours} h" if days < 10 else f"{days:,} d"


def _sum(found: Queue, snoozed: bool, number: int, limit: int) -> str:
    waiting = len(found.entries)
    late = sum(entry.late for entry in found.entries)
    taken = sum(entry.holds.state is State.taken for entry in found.entries)
    told = [f"{waiting:,} wait" if waiting else "nobody waits"]
    told += [f"{late:,} late"] if late else []
    told += [f"{taken:,} taken"] if taken else []
    told += [f"{len(found.snoozed):,} snoozed (--snoozed)"] if found.snoozed and not snoozed else []
    told += [f"{found.of_no_team:,} more of no team"] if found.of_no_team else []
    told += [f"the first {limit:,} are shown (--limit)"] if number > limit else []
    return " · ".join(told)
