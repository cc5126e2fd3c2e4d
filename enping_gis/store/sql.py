"""Say what the databases of both stores have in common: statements with question marks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence


class Cursor(Protocol):
    """What a statement found: rows, one after another."""

    @property
    def rowcount(self) -> int:
        """
        Tell how many rows the statement changed.

        Returns
        -------
        int
            A number below 0 where that is not known.
        """

    @property
    def description(self) -> Any:  # noqa: ANN401 - each driver has a kind of its own
        """
        Describe the columns found.

        Returns
        -------
        sequence
            The first item of each is its name.
        """

    def fetchone(self) -> Any:  # noqa: ANN401 - cells of any table
        """
        Return the next row.

        Returns
        -------
        tuple or None
            None behind the last.
        """

    def fetchall(self) -> list[Any]:
        """
        Return the rows that are left.

        Returns
        -------
        list of tuple
            Rows.
        """

    def __iter__(self) -> Iterator[Any]:
        """
        Go through the rows that are left.

        Returns
        -------
        iterator of tuple
            Rows.
        """


class Connection(Protocol):
    """A connection to an inventory: `sqlite3.Connection`, or the session of a database."""

    def execute(self, sql: str, values: Sequence[Any] = ..., /) -> Cursor:
        """
        Carry out one statement.

        Parameters
        ----------
        sql : str
            The statement, with question marks for values.
        values : sequence
            The values.

        Returns
        -------
        Cursor
            What it found.
        """

    def executemany(self, sql: str, rows: Iterable[Any], /) -> object:
        """
        Carry out one statement for many rows.

        Parameters
        ----------
        sql : str
            The statement, with question marks for values.
        rows : iterable of sequence
            The values.

        Returns
        -------
        object
            Nothing of interest.
        """


def quoted(name: str) -> str:
    """
    Return a name as SQL writes it.

    Parameters
    ----------
    name : str
        Name of a table or a column.

    Returns
    -------
    str
        The same in double quotes.

    Examples
    --------
    >>> print(quoted('a "b" c'), quoted("own name"))
    "a ""b"" c" "own name"
    """
    return '"' + name.replace('"', '""') + '"'
