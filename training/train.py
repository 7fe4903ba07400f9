"""Learn the adapter of the embedding model: how customers speak. Needs PyTorch; see README.md here.

Each step takes one corpus and, from it, pairs of texts that mean the same; every text of the batch has to find
its partner among those of the others (InfoNCE, van den Oord et al. 2018), by the cosine of pooled vectors and by
late interaction of token vectors (ColBERT, Khattab and Zaharia 2020). A third term keeps pooled vectors near those
of the untouched model, which knows more than these corpora.
"""

from __future__ import annotations

import argparse
import json
import math
from collections import Counter
from pathlib import Path
from random import Random
from time import perf_counter

import numpy as np
import torch
import torch.nn.functional as F
from corpora import Corpus, Intents, businesses, public, sample, without_strangers
from minilm_torch import MiniLM
from safetensors.torch import save_file

HERE = Path(__file__).resolve().parent
VALIDATION = ("bike-shop", "photo-printing")  # businesses that settings are chosen by
REPORTED = ("tea-and-spices", "furniture-maker", "budgeting-app")  # and those that nothing is chosen by
TEMPERATURE, LATE_TEMPERATURE = 0.05, 0.03


def main() -> None:
    options = _options()
    torch.manual_seed(options.seed)
    random = Random(options.seed)
    model = MiniLM(options.weights, rank=options.rank, token_width=options.token_width)
    own: list[Corpus] = [b for b in businesses(HERE / "businesses") if b.name not in (*VALIDATION, *REPORTED)]
    if options.sample is not None:
        own.append(sample(options.sample))
    shared = (
        [] if options.data is None else [c for c in public(options.data) if c.name not in options.without]
    )
    shared = [_without_strangers(model, c) if isinstance(c, Intents) else c for c in shared]
    weigh = TokenWeights(model, own + shared, random)
    weigh.start_projection()
    learned = [p for p in model.parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW(learned, lr=options.rate, weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min(1, (step + 1) / 20) * 0.5 * (1 + math.cos(math.pi * step / options.steps))
    )
    started, recent = perf_counter(), list[list[float]]()
    for step in range(1, options.steps + 1):
        corpus: Corpus = random.choice(own if own and random.random() < options.own else shared or own)
        pairs = corpus.batch(random, options.batch)
        losses = _losses(model, weigh, pairs)
        optimizer.zero_grad()
        (losses[0] + options.late * losses[1] + options.keep * losses[2]).backward()
        torch.nn.utils.clip_grad_norm_(learned, 1.0)
        optimizer.step()
        schedule.step()
        recent.append([float(loss.detach()) for loss in losses])
        if step % 25 == 0:
            mean = [sum(column) / len(recent) for column in zip(*recent, strict=True)]
            print(step, [round(m, 3) for m in mean], f"{perf_counter() - started:.0f} s", flush=True)
            recent.clear()
        if step % options.every == 0 or step == options.steps:
            _save(model, options, step)


@torch.no_grad()
def _without_strangers(model: MiniLM, corpus: Intents) -> Intents:
    texts = sorted({text for own in corpus.utterances.values() for text in own})
    vectors = [model(*model.tokenized(texts[i : i + 64]))[0].numpy() for i in range(0, len(texts), 64)]
    cleaned = without_strangers(corpus, dict(zip(texts, np.concatenate(vectors), strict=True)))
    kept = sum(map(len, cleaned.utterances.values()))
    print(f"{corpus.name}: {kept} of {len(texts)} utterances are among their like", flush=True)
    return cleaned


class TokenWeights:
    """How rare a word piece is in the training texts: rare ones say more (square root of idf)."""

    def __init__(self, model: MiniLM, corpora: list[Corpus], random: Random) -> None:
        self._model = model
        self._texts = [
            text for c in corpora for _ in range(20) for pair in c.batch(random, 32) for text in pair
        ]
        counts: Counter[int] = Counter()
        for text in self._texts:
            counts.update(set(model.tokenizer.encode(text).ids))
        n = len(self._texts)
        table = torch.full((30522,), math.sqrt(math.log1p((n + 0.5) / 0.5)))
        for token, count in counts.items():
            table[token] = math.sqrt(math.log1p((n - count + 0.5) / (count + 0.5)))
        table[[0, 101, 102]] = 0  # padding and the marks of start and end are no words
        self._table = table

    def __call__(self, ids: torch.Tensor) -> torch.Tensor:
        return self._table[ids]

    @torch.no_grad()
    def start_projection(self) -> None:
        """Begin where token vectors vary most."""
        ids, mask = self._model.tokenized(sorted(set(self._texts), key=len)[:1500])
        hidden = F.normalize(self._model.hidden(ids, mask)[mask == 1], dim=-1)
        _, _, axes = torch.linalg.svd(hidden[torch.randperm(len(hidden))[:15000]], full_matrices=False)
        self._model.projection.copy_(axes[: len(self._model.projection)])


def _losses(model: MiniLM, weigh: TokenWeights, pairs: list[tuple[str, str]]) -> list[torch.Tensor]:
    """Of pooled vectors, of late interaction, and of the distance from the untouched model."""
    asked, wanted = (model.tokenized(side) for side in zip(*pairs, strict=True))
    (one, one_tokens), (other, other_tokens) = model(*asked), model(*wanted)
    partner = torch.arange(len(pairs))
    near = one @ other.T / TEMPERATURE
    matching = torch.einsum("qid,kjd->qkij", one_tokens, other_tokens)
    matching = matching.masked_fill((wanted[1] * (weigh(wanted[0]) > 0))[None, :, None, :] == 0, -1).amax(-1)
    share = weigh(asked[0]) * asked[1]
    late = torch.einsum("qki,qi->qk", matching, share / share.sum(1, keepdim=True).clamp(min=1e-6))
    late = late / LATE_TEMPERATURE
    with torch.no_grad():
        held = _without_update(model, asked, wanted)
    return [
        (F.cross_entropy(near, partner) + F.cross_entropy(near.T, partner)) / 2,
        (F.cross_entropy(late, partner) + F.cross_entropy(late.T, partner)) / 2,
        2 - (one * held[0]).sum(1).mean() - (other * held[1]).sum(1).mean(),
    ]


def _without_update(model: MiniLM, *batches: tuple[torch.Tensor, torch.Tensor]) -> list[torch.Tensor]:
    model.updated = False
    try:
        return [model(*batch)[0] for batch in batches]
    finally:
        model.updated = True


def _save(model: MiniLM, options: argparse.Namespace, step: int) -> None:
    """Half precision, with how it was made."""
    tensors = {name: t.to(torch.float16).contiguous() for name, t in model.parameters_by_name().items()}
    made = {key: str(value) for key, value in vars(options).items() if key not in ("weights", "data", "out")}
    path = options.out.with_name(f"{options.out.stem}-{step}{options.out.suffix}")
    save_file(tensors, str(path), metadata={"made": json.dumps({**made, "step": step}, sort_keys=True)})
    print("saved", path.name, path.stat().st_size, "bytes", flush=True)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--weights", type=Path, required=True, help="folder of model.safetensors and tokenizer.json"
    )
    parser.add_argument("--data", type=Path, help="folder of the public data; without it, own texts alone")
    parser.add_argument(
        "--sample", type=Path, help="folder of the sample business, else its figures are blind"
    )
    parser.add_argument(
        "--without", nargs="*", default=[], help="public corpora to leave out, for a blind figure"
    )
    parser.add_argument(
        "--out", type=Path, required=True, help="the adapter's file; the step is added to its name"
    )
    parser.add_argument("--rank", type=int, default=8)
    parser.add_argument("--token-width", type=int, default=96)
    parser.add_argument("--steps", type=int, default=400)
    parser.add_argument("--every", type=int, default=100, help="steps between saved files")
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--rate", type=float, default=5e-4)
    parser.add_argument("--late", type=float, default=0.5, help="share of the late interaction's loss")
    parser.add_argument(
        "--keep", type=float, default=1.0, help="share of the distance from the untouched model"
    )
    parser.add_argument(
        "--own", type=float, default=0.6, help="share of steps on the businesses written here"
    )
    parser.add_argument("--seed", type=int, default=0)
    return parser.parse_args()


if __name__ == "__main__":
    main()
