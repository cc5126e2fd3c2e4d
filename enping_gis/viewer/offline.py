"""Make a page that loads nothing: inline everything, let the browser enforce it, and check."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xstatic.pkg import leaflet

from enping_gis._resources import shipped_text
from enping_gis.errors import OutputError

if TYPE_CHECKING:
    from collections.abc import Iterable

_LEAFLET = Path(leaflet.BASE_DIR)
_CSS_URL = re.compile(r"""url\(\s*['"]?([^'")]+?)['"]?\s*\)""")
_IMPORT = re.compile(r"@import\s+['\"]?([^'\";)]+)")
_SOURCE_MAP = re.compile(r"^//[#@] sourceMappingURL=.*$", re.MULTILINE)
# Attributes through which an element makes the browser fetch something.
_FETCHING = frozenset({"src", "srcset", "data", "poster", "background", "action", "formaction"})
# Types of script elements that hold data, which no browser runs.
_DATA = frozenset({"application/json", "application/octet-stream"})
_LINKING = frozenset({"link", "base", "image", "use"})
# Attributes under which Folium elements keep the address they fetch from.
_ADDRESSES = ("tiles", "url", "embed_link", "data")
_REMOTE = re.compile(r"^\s*(?:https?:)?//", re.IGNORECASE)


@cache
def leaflet_script() -> str:
    """
    Return Leaflet's own script, its licence notice at the top.

    Returns
    -------
    str
        JavaScript, without the pointer to a source map.

    Examples
    --------
    >>> "Vladimir Agafonkin" in leaflet_script()[:200]
    True
    """
    return _SOURCE_MAP.sub("", (_LEAFLET / "leaflet.js").read_text(encoding="utf-8"))


@cache
def leaflet_style() -> str:
    """
    Return Leaflet's style sheet with its pictures in it.

    Returns
    -------
    str
        CSS in which every ``url()`` is a ``data:`` URI.

    Examples
    --------
    >>> "url(images" in leaflet_style()
    False
    """
    css = (_LEAFLET / "leaflet.css").read_text(encoding="utf-8")
    return _CSS_URL.sub(_inlined, css)


def _inlined(found: re.Match[str]) -> str:
    address = found.group(1)
    # `url(#default#VML)` is for a browser that this page does not run in.
    return "none" if address.startswith("#") else f"url({picture(address)})"


@cache
def picture(name: str) -> str:
    """
    Return one of Leaflet's pictures as a ``data:`` URI.

    Parameters
    ----------
    name : str
        Path below Leaflet's folder, such as ``"images/layers.png"``.

    Returns
    -------
    str
        The URI.

    Examples
    --------
    >>> picture("images/layers.png")[:30]
    'data:image/png;base64,iVBORw0K'
    """
    content = base64.b64encode((_LEAFLET / name).read_bytes()).decode("ascii")
    return f"data:image/png;base64,{content}"


def marker_icons() -> dict[str, str]:
    """
    Return the pictures of Leaflet's own marker, for maps to which markers are added.

    Returns
    -------
    dict of str to str
        Options of ``L.Icon.Default``.

    Examples
    --------
    >>> sorted(marker_icons())
    ['iconRetinaUrl', 'iconUrl', 'shadowUrl']
    """
    return {
        "iconUrl": picture("images/marker-icon.png"),
        "iconRetinaUrl": picture("images/marker-icon-2x.png"),
        "shadowUrl": picture("images/marker-shadow.png"),
    }


def asset(name: str) -> str:
    """
    Return one of the page's own files.

    Parameters
    ----------
    name : str
        File name below ``viewer/assets``.

    Returns
    -------
    str
        Its text.

    Examples
    --------
    >>> asset("format.js").startswith('"use strict"')
    True
    """
    return shipped_text(f"viewer/assets/{name}")


def script_safe(script: str) -> str:
    r"""
    Keep a script from ending its own element; in JavaScript the text stays the same.

    Parameters
    ----------
    script : str
        JavaScript in which ``</script`` can stand in strings only.

    Returns
    -------
    str
        The same script, to be put between tags.

    Examples
    --------
    >>> script_safe("'</script>'")
    "'<\\/script>'"
    >>> script_safe("")
    ''
    """
    ended = re.sub(r"</(?=script)", r"<\\/", script, flags=re.IGNORECASE)
    opened = re.sub(r"<(?=script)", r"\\x3C", ended, flags=re.IGNORECASE)
    return opened.replace("<!--", r"\x3C!--")


def json_block(payload: dict[str, Any]) -> str:
    r"""
    Write data so that it can stand between script tags whatever it says.

    Parameters
    ----------
    payload : dict
        JSON data; NaN is refused.

    Returns
    -------
    str
        Compact JSON without ``<``, ``>``, ``&``, U+2028 and U+2029.

    Examples
    --------
    >>> json_block({"name": "</script>"})
    '{"name":"\\u003c/script\\u003e"}'
    >>> json_block({})
    '{}'
    """
    written = json.dumps(payload, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    for character in "<>&\u2028\u2029":
        written = written.replace(character, f"\\u{ord(character):04x}")
    return written


def security_policy(
    scripts: Iterable[str], styles: Iterable[str], pictures: Iterable[str] = ()
) -> str:
    """
    Write the policy with which the browser refuses everything that is not in the page.

    Parameters
    ----------
    scripts, styles : iterable of str
        Text of the inline elements, exactly as it stands between the tags.
    pictures : iterable of str
        Whence pictures may come besides the page itself: the hosts of its base map.

    Returns
    -------
    str
        Content of the ``Content-Security-Policy`` meta element.

    Examples
    --------
    >>> security_policy([], [])[:48]
    "default-src 'none'; img-src data: blob:; script-"
    """
    return "; ".join(
        (
            "default-src 'none'",
            " ".join(("img-src data: blob:", *pictures)),
            f"script-src {_sources(scripts)}",
            f"style-src {_sources(styles)}",
            "base-uri 'none'",
            "form-action 'none'",
        )
    )


def _sources(texts: Iterable[str]) -> str:
    digests = (hashlib.sha256(each.encode("utf-8")).digest() for each in texts)
    hashes = [f"'sha256-{base64.b64encode(digest).decode('ascii')}'" for digest in digests]
    return " ".join(dict.fromkeys(hashes)) or "'none'"


class _Page(HTMLParser):
    """Collects what a page would fetch, and the scripts and styles that stand in it."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.fetched: list[str] = []
        self.scripts: list[str] = []
        self.styles: list[str] = []
        self._into: list[str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self._into = None
        for name, value in given.items():
            linking = tag in _LINKING and name in {"href", "xlink:href"}
            if (name in _FETCHING or linking) and not value.startswith(("data:", "#")):
                self.fetched.append(value or f"<{tag}>")
            elif name == "style":
                self.fetched.extend(_addresses_in_css(value))
        if tag == "style":
            self._into = self.styles
        elif tag == "script" and given.get("type") not in _DATA and "src" not in given:
            self._into = self.scripts
        if self._into is not None:
            self._into.append("")

    def handle_data(self, data: str) -> None:
        if self._into is not None:
            self._into[-1] += data

    def handle_endtag(self, tag: str) -> None:
        if tag in {"script", "style"}:
            self._into = None


def _addresses_in_css(css: str) -> list[str]:
    found = [*_CSS_URL.findall(css), *_IMPORT.findall(css)]
    return [each for each in found if not each.startswith(("data:", "#", "url("))]


def styles_in(html: str) -> list[str]:
    """
    Return the style sheets that stand in a piece of a page.

    Parameters
    ----------
    html : str
        HTML.

    Returns
    -------
    list of str
        Text between the tags.

    Examples
    --------
    >>> styles_in("<style>a{}</style>"), styles_in("")
    (['a{}'], [])
    """
    return _parsed(html).styles


def _parsed(html: str) -> _Page:
    page = _Page()
    page.feed(html)
    page.close()
    return page


def refuse_remote(elements: Iterable[Any]) -> None:
    """
    Refuse Folium elements that would fetch their content when the page is open.

    Parameters
    ----------
    elements : iterable of branca.element.Element
        All elements of the map.

    Raises
    ------
    OutputError
        One of them has the address of a server, such as a tile layer; it is named.

    Examples
    --------
    >>> refuse_remote([])
    """
    for element in elements:
        for name in _ADDRESSES:
            value = getattr(element, name, None)
            if isinstance(value, str) and _REMOTE.match(value):
                raise OutputError("error.page_loads", url=value)


def refuse_loading(html: str, scripts: Iterable[str]) -> None:
    """
    Refuse a finished page that would load anything, or that holds a script not its own.

    Parameters
    ----------
    html : str
        The page.
    scripts : iterable of str
        The scripts that were put in.

    Raises
    ------
    OutputError
        Names the first address, or the beginning of the script.

    Examples
    --------
    >>> refuse_loading("<p>no script</p>", [])
    """
    page = _parsed(html)
    fetched = [*page.fetched, *(url for css in page.styles for url in _addresses_in_css(css))]
    if fetched:
        raise OutputError("error.page_loads", url=fetched[0])
    known = set(scripts)
    for script in page.scripts:
        if script not in known:
            raise OutputError("error.page_script", where=" ".join(script.split())[:60])
