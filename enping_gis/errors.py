"""
The errors the package raises; each says what, where, the value seen and the cure.

.. code-block:: text

    EnpingError
    ├── InputError (ValueError)
    │   ├── SourceError       a file is missing, unreadable or of another kind than it says
    │   ├── CRSError          a coordinate system is missing, wrong or not usable
    │   ├── SchemaError       a table or a column is not as the layer model has it
    │   ├── VocabularyError   a word is not in the vocabulary
    │   └── ParcelError       a parcel or a place is unknown or named ambiguously
    └── OutputError (OSError) something cannot be written

Bad data in rows is no error but a finding, see `enping_gis.findings`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from enping_gis.messages import text

if TYPE_CHECKING:
    from enping_gis.messages import Language


class EnpingError(Exception):
    """
    Anything the package refuses, in the reader's language.

    Parameters
    ----------
    code : str
        Key of the message in ``messages.json``.
    **values : object
        What the placeholders of the message name.
    """

    def __init__(self, code: str, **values: object) -> None:
        super().__init__(code, values)
        self.code = code
        self.values = values

    def text(self, lang: Language | None = None) -> str:
        """
        Return the message in one language.

        Parameters
        ----------
        lang : {"zh", "en"}, optional
            Language; by default the one in force.

        Returns
        -------
        str
            One line.
        """
        return text(self.code, lang, **self.values)

    def __str__(self) -> str:
        """
        Return the message in the language in force.

        Returns
        -------
        str
            One line.
        """
        return self.text()


class InputError(EnpingError, ValueError):
    """What was given cannot be used as it is."""


class SourceError(InputError):
    """A file is missing, unreadable, or of another kind than it says."""


class CRSError(InputError):
    """A coordinate system is missing, wrong, or not usable here."""


class SchemaError(InputError):
    """A table or a column is not as the layer model has it."""


class VocabularyError(InputError):
    """A word is not in the vocabulary."""


class ParcelError(InputError):
    """A parcel or a place is unknown, or the name fits several."""


class OutputError(EnpingError, OSError):
    """Something cannot be written."""
