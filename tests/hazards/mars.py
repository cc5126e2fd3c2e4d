"""Shift degrees as Chinese web maps do: GCJ-02 and BD-09, the published formulas, written anew."""

from __future__ import annotations

import numpy as np
import shapely

from tests.hazards.land import moved

# Krasovsky 1940, as the formula has it.
_AXIS_M, _ECCENTRICITY2 = 6_378_245.0, 0.006_693_421_622_965_943


def _wave(value: np.ndarray, *terms: tuple[float, float]) -> np.ndarray:
    waves = [height * np.sin(value * turn * np.pi) for height, turn in terms]
    return np.sum(waves, axis=0) * 2 / 3


def to_gcj02(points: np.ndarray) -> np.ndarray:
    """Return longitude and latitude in GCJ-02."""
    east, north = points[:, 0], points[:, 1]
    x, y = east - 105.0, north - 35.0
    both = _wave(x, (20.0, 6.0), (20.0, 2.0))
    root = np.sqrt(np.abs(x))
    up = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + both
    up += _wave(y, (20.0, 1.0), (40.0, 1 / 3)) + _wave(y, (160.0, 1 / 12), (320.0, 1 / 30))
    right = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + both
    right += _wave(x, (20.0, 1.0), (40.0, 1 / 3)) + _wave(x, (150.0, 1 / 12), (300.0, 1 / 30))
    latitude = np.radians(north)
    bend = 1 - _ECCENTRICITY2 * np.sin(latitude) ** 2
    up_rad = up / (_AXIS_M * (1 - _ECCENTRICITY2) / bend**1.5)
    right_rad = right / (_AXIS_M / np.sqrt(bend) * np.cos(latitude))
    return np.column_stack([east + np.degrees(right_rad), north + np.degrees(up_rad)])


def to_bd09(points: np.ndarray) -> np.ndarray:
    """Return longitude and latitude in BD-09."""
    x, y = to_gcj02(points).T
    turn = np.pi * 3000.0 / 180.0
    length = np.hypot(x, y) + 0.00002 * np.sin(y * turn)
    angle = np.arctan2(y, x) + 0.000003 * np.cos(x * turn)
    return np.column_stack([length * np.cos(angle) + 0.0065, length * np.sin(angle) + 0.006])


def gcj02(shape: shapely.Geometry) -> shapely.Geometry:
    """Return a shape of EPSG:4546 in GCJ-02 degrees."""
    return shapely.transform(moved(shape, 4326), to_gcj02)


def bd09(shape: shapely.Geometry) -> shapely.Geometry:
    """Return a shape of EPSG:4546 in BD-09 degrees."""
    return shapely.transform(moved(shape, 4326), to_bd09)
