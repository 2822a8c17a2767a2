"""The SQLite file behind the embedded index: its tables, how it is opened, and its errors in one line each."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import RLock

from pysqlite3 import dbapi2 as sqlite

from hubbub.core.errors import Fatal, Misconfigured, Retryable
from hubbub.index.embedded import migration, schema

FILE = "hubbub.sqlite"
PATIENCE = 60.0  # seconds to wait for another process that writes
_OURS = 0x48756262  # "Hubb", in the file's header
_FORMAT = 3


class File:
    """One connection for all threads of a process, opened when first needed."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self._lock = RLock()
        self._connection: sqlite.Connection | None = None

    @contextmanager
    def reading(self) -> Iterator[sqlite.Connection]:
        """Everything read in it is of one moment."""
        with self._using("BEGIN") as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[sqlite.Connection]:
        """Everything written in it is on disk when it ends, or nothing."""
        with self._using("BEGIN IMMEDIATE") as connection:
            yield connection

    def rewrite(self) -> None:
        """Copies everything into fresh pages. SQLite overwrites what is deleted, but not the copies that moving a row
        from page to page leaves in their slack."""
        with self._lock, clear_errors(self._home / FILE):
            if self._connection is None:
                self._connection = _open(self._home)
            self._connection.execute("VACUUM")

    def size(self) -> int:
        """Bytes of the file."""
        return (self._home / FILE).stat().st_size

    def close(self) -> None:
        with self._lock:
            if self._connection is not None:
                self._connection.close()
            self._connection = None

    @contextmanager
    def _using(self, begin: str) -> Iterator[sqlite.Connection]:
        with self._lock:
            if self._connection is None:
                self._connection = _open(self._home)
            with clear_errors(self._home / FILE), _transaction(self._connection, begin):
                yield self._connection


def _open(home: Path) -> sqlite.Connection:
    """Opens the file, made and completed where needed.

    Raises:
        Misconfigured: `home` cannot hold it, or what is there is not Hubbub's.
        Fatal, Retryable: see `clear_errors`.
    """
    try:
        home.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Misconfigured(f"{home}: cannot be a folder for the index ({error.strerror}); set HUBBUB_HOME") from None
    path = home / FILE
    with clear_errors(path):
        connection = sqlite.connect(path, timeout=PATIENCE, isolation_level=None, check_same_thread=False)
        try:
            _complete(connection, path)
        except BaseException:
            connection.close()
            raise
        return connection


def _complete(connection: sqlite.Connection, path: Path) -> None:
    _check(connection, path)
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute("PRAGMA cache_size = -65536")  # 64 MiB
    connection.execute("PRAGMA secure_delete = ON")  # what is deleted is overwritten, not only forgotten
    connection.execute("PRAGMA wal_autocheckpoint = 4000")  # pages: a batch and more
    if _version(connection) == _FORMAT:
        return
    connection.execute("PRAGMA journal_mode = WAL")
    with _transaction(connection, "BEGIN IMMEDIATE"):
        _check(connection, path)  # another process may have been first
        if _is_empty(connection):
            schema.create_records(connection)
            schema.create(connection)
            connection.execute(f"PRAGMA application_id = {_OURS}")
            connection.execute(f"PRAGMA user_version = {_FORMAT}")
        elif _version(connection) < _FORMAT:
            migration.rewrite(connection, _version(connection))
    if _version(connection) < _FORMAT:
        connection.execute("VACUUM")  # what was deleted before still lies in free pages
        connection.execute(f"PRAGMA user_version = {_FORMAT}")


def _is_empty(connection: sqlite.Connection) -> bool:
    (tables,) = connection.execute("SELECT COUNT(*) FROM sqlite_master").fetchone()
    return int(tables) == 0


def _version(connection: sqlite.Connection) -> int:
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    return int(version)


def _check(connection: sqlite.Connection, path: Path) -> None:
    (owner,) = connection.execute("PRAGMA application_id").fetchone()
    if owner != _OURS and not _is_empty(connection):
        raise Misconfigured(f"{path}: another program's database; set HUBBUB_HOME to a folder of Hubbub's own")
    if _version(connection) > _FORMAT:
        raise Misconfigured(f"{path}: made by a newer Hubbub; update this one, or set HUBBUB_HOME to another folder")


@contextmanager
def _transaction(connection: sqlite.Connection, begin: str) -> Iterator[None]:
    connection.execute(begin)
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


@contextmanager
def clear_errors(path: Path) -> Iterator[None]:
    """Turns SQLite's errors into ours.

    Raises:
        Retryable: another process writes for longer than `PATIENCE`.
        Misconfigured: the file is no SQLite database, or may not be opened or written.
        Fatal: the disk is full or broken, or the file is damaged.
    """
    try:
        yield
    except sqlite.Error as error:
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        match code:
            case sqlite.SQLITE_BUSY | sqlite.SQLITE_LOCKED:
                raise Retryable(f"{path}: another process has been writing for long; try again later") from None
            case sqlite.SQLITE_READONLY | sqlite.SQLITE_CANTOPEN | sqlite.SQLITE_PERM:
                raise Misconfigured(f"{path}: may not be opened or written ({error}); check its permissions") from None
            case sqlite.SQLITE_NOTADB:
                raise Misconfigured(
                    f"{path}: not a database; move it away, or set HUBBUB_HOME to another folder"
                ) from None
            case sqlite.SQLITE_CORRUPT:
                raise Fatal(f"{path}: damaged ({error}); restore a copy, or move it away to begin anew") from None
            case sqlite.SQLITE_FULL:
                raise Fatal(f"{path}: the disk is full; free some space and run again, nothing is lost") from None
            case sqlite.SQLITE_IOERR:
                raise Fatal(f"{path}: cannot be read or written ({error}); check the disk and its space") from None
            case _:
                raise
