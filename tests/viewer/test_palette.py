"""The colours of the statuses: told apart by eyes of every kind, read on the map, read in grey."""

from __future__ import annotations

import math
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
import pytest

from enping_gis.vocabulary import terms

if TYPE_CHECKING:
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]

GROUND, WHITE = "#F7F6F2", "#FFFFFF"
# Machado, Oliveira, Fernandes 2009 (IEEE TVCG 15(6)), severity 1, on linear light.
VISIONS = {
    "normal": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protan": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216),
               (-0.003882, -0.048116, 1.051998)),
    "deutan": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413),
               (-0.011820, 0.042940, 0.968881)),
    "tritan": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602),
               (0.004733, 0.691367, 0.303900)),
}  # fmt: skip
# sRGB to XYZ, and the white of D65.
XYZ = ((0.4124564, 0.3575761, 0.1804375), (0.2126729, 0.7151522, 0.0721750),
       (0.0193339, 0.1191920, 0.9503041))  # fmt: skip
D65 = (0.95047, 1.0, 1.08883)
LEAST = 15.0
STATUSES = {term.code: term.attributes for term in terms("status")}
# White is the paper that an unknown plot is left in; its outline and the word tell it.
FILLS = {code: each["colour"] for code, each in STATUSES.items() if code != "unknown"}


def linear(colour: str) -> Floats:
    parts = np.array([int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)])
    return np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)


def contrast(one: str, other: str) -> float:
    """Contrast ratio of WCAG 2."""
    dark, light = sorted(float(linear(each) @ (0.2126, 0.7152, 0.0722)) for each in (one, other))
    return (light + 0.05) / (dark + 0.05)


def lab(light: Floats) -> Floats:
    share = np.array(XYZ) @ np.clip(light, 0, 1) / D65
    root = np.where(share > 216 / 24389, np.cbrt(share), (24389 / 27 * share + 16) / 116)
    return np.array([116 * root[1] - 16, 500 * (root[0] - root[1]), 200 * (root[1] - root[2])])


def ciede2000(one: Floats, other: Floats) -> float:
    """Colour difference of CIE 142-2001, in the steps of Sharma, Wu, Dalal 2005."""
    chroma = (math.hypot(*one[1:]) + math.hypot(*other[1:])) / 2
    turn = 0.5 * (1 - math.sqrt(chroma**7 / (chroma**7 + 25.0**7)))
    a = [(1 + turn) * each[1] for each in (one, other)]
    c = [math.hypot(a[k], each[2]) for k, each in enumerate((one, other))]
    h = [math.degrees(math.atan2(each[2], a[k])) % 360 for k, each in enumerate((one, other))]
    step = h[1] - h[0]
    if c[0] * c[1] == 0:
        step = 0.0
    elif abs(step) > 180:
        step -= math.copysign(360, step)
    mean = h[0] + h[1] if c[0] * c[1] == 0 else (h[0] + step / 2) % 360
    light, full = (one[0] + other[0]) / 2, (c[0] + c[1]) / 2
    tone = (1 - 0.17 * math.cos(math.radians(mean - 30)) + 0.24 * math.cos(math.radians(2 * mean))
            + 0.32 * math.cos(math.radians(3 * mean + 6))
            - 0.20 * math.cos(math.radians(4 * mean - 63)))  # fmt: skip
    by_light = 1 + 0.015 * (light - 50) ** 2 / math.sqrt(20 + (light - 50) ** 2)
    by_chroma, by_hue = 1 + 0.045 * full, 1 + 0.015 * full * tone
    blue = 30 * math.exp(-(((mean - 275) / 25) ** 2))
    bend = -2 * math.sqrt(full**7 / (full**7 + 25.0**7)) * math.sin(math.radians(2 * blue))
    dl, dc = (other[0] - one[0]) / by_light, (c[1] - c[0]) / by_chroma
    dh = 2 * math.sqrt(c[0] * c[1]) * math.sin(math.radians(step / 2)) / by_hue
    return math.sqrt(dl**2 + dc**2 + dh**2 + bend * dc * dh)


@pytest.mark.parametrize(
    ("one", "other", "apart"),
    [
        ((50.0, 2.6772, -79.7751), (50.0, 0.0, -82.7485), 2.0425),
        ((50.0, -1.0, 2.0), (50.0, 0.0, 0.0), 2.3669),
        ((50.0, 2.5, 0.0), (73.0, 25.0, -18.0), 27.1492),
        ((50.0, 2.49, -0.001), (50.0, -2.49, 0.0011), 7.2195),
        ((2.0776, 0.0795, -1.1350), (0.9033, -0.0636, -0.5514), 0.9082),
    ],
)
def test_the_difference_is_that_of_the_published_examples(
    one: tuple[float, ...], other: tuple[float, ...], apart: float
) -> None:
    assert ciede2000(np.array(one), np.array(other)) == pytest.approx(apart, abs=1e-4)


@pytest.mark.parametrize("vision", VISIONS)
def test_statuses_are_told_apart_by_every_eye(vision: str) -> None:
    seen = {code: lab(np.array(VISIONS[vision]) @ linear(fill)) for code, fill in FILLS.items()}
    near = {pair: ciede2000(seen[pair[0]], seen[pair[1]]) for pair in combinations(seen, 2)}
    assert {pair: apart for pair, apart in near.items() if apart < LEAST} == {}


def test_every_outline_is_seen_on_the_map() -> None:
    """Fills alone do not reach 3:1 on the ground, so no plot is drawn without its outline."""
    for attributes in STATUSES.values():
        assert contrast(attributes["stroke"], GROUND) >= 3
        assert contrast(attributes["stroke"], WHITE) >= 3


def test_text_on_a_fill_can_be_read() -> None:
    for code, attributes in STATUSES.items():
        # Text on the hatched status stands on a plate of its own colours.
        ground = WHITE if attributes["pattern"] == "hatch" else attributes["colour"]
        assert contrast(attributes["text"], ground) >= 4.5, code


def test_what_is_near_in_grey_differs_in_its_pattern_on_paper() -> None:
    """Two fills of nearly the same lightness are told apart by what is printed over them."""
    printed = {"remediating", "disputed", "revitalised", "supplied", "building"}
    lightness = {code: lab(linear(fill))[0] for code, fill in FILLS.items()}
    for one, other in combinations(FILLS, 2):
        if abs(lightness[one] - lightness[other]) < 10:
            assert {one, other} & printed, (one, other)
