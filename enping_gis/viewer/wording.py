"""What the frame of the page says: title, bar, notice, foot."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from enping_gis.crs import crs_name
from enping_gis.messages import text
from enping_gis.viewer.basemaps import base_words
from enping_gis.vocabulary import label

if TYPE_CHECKING:
    from enping_gis.messages import Language
    from enping_gis.viewer.encoding import Payload
    from enping_gis.viewer.page_data import PageFacts


def page_words(facts: PageFacts, data: Payload) -> dict[str, str]:
    """
    Return what the frame of the page says; the template escapes it.

    Parameters
    ----------
    facts : PageFacts
        What the page says of itself.
    data : Payload
        What it carries.

    Returns
    -------
    dict of str to str
        Values of the template by name.
    """
    lang = facts.lang
    foot = (
        text("page.foot_area", lang, v=label("area_method", facts.area_method, lang)),
        text("page.foot_crs", lang, v=crs_name(facts.crs)),
        base_words(data.shown.get("base"), lang),
        text("page.foot_source", lang, v=facts.source),
        text("page.foot_map", lang),
        *([text("page.foot_review", lang)] if facts.is_public else ()),
    )
    return {
        "html_lang": "zh-CN" if lang == "zh" else "en",
        "title": facts.title,
        "internal": text("page.tag_public" if facts.is_public else "page.tag_internal", lang),
        "as_of": text("page.asof", lang, d=facts.as_of.isoformat()),
        "notice": _notice(lang, data),
        "panel": text("page.legend", lang),
        "card": text("page.card", lang),
        "noscript": text("page.noscript", lang),
        "old": text("page.err_old", lang),
        "damaged": text("page.err_data", lang),
        "foot": " · ".join(foot),
    }


def _notice(lang: Language, data: Payload) -> str:
    plots, synthetic, article = (data.counts[each] for each in ("plots", "synthetic", "article"))
    lines = []
    if synthetic == plots and plots:
        lines.append(text("page.banner_all", lang, n=plots))
    elif synthetic:
        code = "page.banner_mixed" if article else "page.banner_some"
        lines.append(text(code, lang, n=plots, s=synthetic, a=article))
    sketched = _sketched(lang, data.places[lang])
    if sketched:
        lines.append(text("page.banner_schematic", lang, v=sketched))
    return ("" if lang == "zh" else " ").join(lines)


def _sketched(lang: Language, places: list[dict[str, Any]]) -> str:
    """Name the boundaries that are schematic: a kind as a whole, or else place by place."""
    parks = [place for place in places if place["kind"] == "park"]
    towns = [place for place in places if place["kind"] != "park"]
    said = []
    for code, group in (("page.banner_towns", towns), ("page.banner_park", parks)):
        names = [place["name"] for place in group if place["schematic"]]
        if names:
            whole = len(names) == len(group)
            said.append(text(code, lang) if whole else text("page.list_mark", lang).join(names))
    return text("page.banner_and", lang).join(said)
