"""How far a share that was counted can be trusted."""

from __future__ import annotations

from math import sqrt

_Z = 1.959964  # 97.5 % of a normal distribution lie below


def share_interval(yes: float, of: int) -> tuple[float, float]:
    """95 % interval of a share (Wilson 1927): none of 20 does not mean none of thousands. `of` is at least 1."""
    share, z2 = yes / of, _Z * _Z
    middle = share + z2 / (2 * of)
    margin = _Z * sqrt(share * (1 - share) / of + z2 / (4 * of * of))
    scale = 1 + z2 / of
    return max(0.0, (middle - margin) / scale), min(1.0, (middle + margin) / scale)
