"""The gate of the present knowledge, as a curve: what answering more would cost."""

from __future__ import annotations

import threading
from dataclasses import dataclass

from customer_assist.answering.curve import CurvePoint, curve, today
from customer_assist.answering.gate import Target
from customer_assist.indexing import Library


@dataclass(frozen=True, slots=True)
class GateCurve:
    version: int  # of the knowledge
    documents: int
    target: Target
    threshold: float
    clarify_from: float  # above the threshold: nothing is asked back
    now: CurvePoint | None  # at the threshold; None: there was too little knowledge to fit a gate on
    points: tuple[CurvePoint, ...]


class GateCurves:
    """Made when somebody looks, and kept until the knowledge changes: it takes as long as fitting the gate."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._lock = threading.Lock()
        self._made: GateCurve | None = None

    def current(self) -> GateCurve:
        """Raises StorageUnavailable where nothing was ever loaded."""
        snapshot = self._library.current()
        with self._lock:
            if self._made is None or self._made.version != snapshot.version:
                self._made = self._anew()
            return self._made

    def _anew(self) -> GateCurve:
        snapshot, target, made = self._library.calibration()
        gate, examples = made.gate, made.examples
        return GateCurve(
            version=snapshot.version,
            documents=snapshot.size,
            target=target,
            threshold=gate.threshold,
            clarify_from=gate.clarify_from,
            now=None if examples is None else today(gate, examples, made.aims),
            points=() if examples is None else curve(gate, examples, made.aims),
        )
