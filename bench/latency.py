"""One query over 26,872 documents on one core: the embedding, and everything else."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

QUESTIONS = 400
_ONE_CORE = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")


def run(data: Path) -> dict[str, object]:
    """In a process of its own, because numpy reads how many threads it may use once, when it is loaded."""
    import json

    knowledge = data / "bitext" / "bitext_27k_assembled.csv"
    if not knowledge.is_file():
        print(f"skipped, {knowledge} is not there")
        return {}
    done = subprocess.run(
        [sys.executable, "-m", "bench.latency", str(data)],
        env={**os.environ, **_ONE_CORE},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    figures: dict[str, object] = json.loads(done.stdout.splitlines()[-1])
    for name, value in figures.items():
        print(f"{name}: {value}")
    return figures


def _measure(data: Path) -> dict[str, object]:
    import gc
    from time import perf_counter

    import numpy as np

    from bench.retrieval import read_documents
    from customer_assist.evaluation.measures import percentiles
    from customer_assist.evaluation.retrieval import embedding
    from customer_assist.indexing import retriever
    from customer_assist.knowledge.questions import read_questions
    from customer_assist.llm.minilm import MiniLM, find_weights
    from customer_assist.model import Query
    from customer_assist.search.index import build

    weights = find_weights(None)
    assert weights is not None
    if hasattr(os, "sched_setaffinity"):  # the index is built by all cores, asked by one
        cores = os.sched_getaffinity(0)
    documents = read_documents(data / "bitext" / "bitext_27k_assembled.csv")
    encoded = embedding(MiniLM(weights), None)
    gc.collect()
    started = perf_counter()
    index = build(0, documents, encoded)
    built = perf_counter() - started
    asked = [each.question for each in read_questions(data / "bitext" / "bitext_8k_test.csv")[:QUESTIONS]]
    embedder = MiniLM(weights, threads=1)
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(cores)})
    search = retriever("hybrid", index, embedder)

    def timed(query: str) -> float:
        begun = perf_counter()
        search.retrieve(Query(query), 10)
        return 1000 * (perf_counter() - begun)

    timed("once, so that all is loaded")
    first = np.array([timed(query) for query in asked])
    again = np.array([timed(query) for query in asked])  # what was embedded is remembered
    gc.collect()
    return {
        "documents": len(index),
        "seconds to embed and index": round(built),
        "everything but the embedding, ms": dict(percentiles(again.tolist())),
        "with the embedding, ms": dict(percentiles(first.tolist())),
        "embedding alone, ms": dict(percentiles(np.maximum(first - again, 0).tolist())),
        "index, MB": round(_size(index) / 2**20),
    }


def _size(thing: object, seen: set[int] | None = None) -> int:
    """Bytes of `thing` and all that it alone holds; the documents themselves are not the index's."""
    import numpy as np

    from customer_assist.model import Document

    seen = set() if seen is None else seen
    if id(thing) in seen or isinstance(thing, type | Document):
        return 0
    seen.add(id(thing))
    if isinstance(thing, np.ndarray):
        return thing.nbytes if thing.base is None else _size(thing.base, seen)
    total = sys.getsizeof(thing)
    if isinstance(thing, dict):
        return total + sum(_size(k, seen) + _size(v, seen) for k, v in thing.items())
    if isinstance(thing, list | tuple | set | frozenset):
        return total + sum(_size(each, seen) for each in thing)
    names = [name for kind in type(thing).__mro__ for name in getattr(kind, "__slots__", ())]
    held = [getattr(thing, name) for name in names if hasattr(thing, name)]
    return total + sum(_size(each, seen) for each in (*held, *getattr(thing, "__dict__", {}).values()))


if __name__ == "__main__":
    import json

    print(json.dumps(_measure(Path(sys.argv[1]))))
