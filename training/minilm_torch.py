"""all-MiniLM-L6-v2 in PyTorch with low-rank updates that can be learned (Hu et al. 2021, LoRA).

The same network as `customer_assist.llm.minilm`, which runs what is learned here; there the update is added to
the weights once, when the model is loaded.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

import torch
import torch.nn.functional as F
from safetensors.torch import load_file
from tokenizers import Tokenizer

LAYERS, HEADS, WIDTH, HEAD_WIDTH = 6, 12, 384, 32
LINEAR = (
    "attention.self.query",
    "attention.self.key",
    "attention.self.value",
    "attention.output.dense",
    "intermediate.dense",
    "output.dense",
)


class MiniLM(torch.nn.Module):
    """Texts to unit vectors, pooled (n, 384) and per token (n, length, token_width)."""

    def __init__(self, folder: Path, *, rank: int, token_width: int) -> None:
        super().__init__()
        self.frozen = load_file(str(folder / "model.safetensors"))
        self.tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self.tokenizer.no_padding()
        self.tokenizer.enable_truncation(256)
        self.down, self.up = torch.nn.ParameterDict(), torch.nn.ParameterDict()
        for layer in range(LAYERS):
            for name in LINEAR:
                rows, columns = self.frozen[f"encoder.layer.{layer}.{name}.weight"].shape
                key = _key(layer, name)
                self.down[key] = torch.nn.Parameter(torch.randn(rank, columns) / math.sqrt(columns))
                self.up[key] = torch.nn.Parameter(torch.zeros(rows, rank))
        self.updated = True  # False: the network as it was published
        self.projection = torch.nn.Parameter(torch.eye(WIDTH)[:token_width].clone())

    def parameters_by_name(self) -> dict[str, torch.Tensor]:
        """What is learned, under the names that the package reads."""
        found: dict[str, torch.Tensor] = {"projection": self.projection.detach()}
        for layer in range(LAYERS):
            for name in LINEAR:
                prefix = f"encoder.layer.{layer}.{name}"
                found[f"{prefix}.down"] = self.down[_key(layer, name)].detach()
                found[f"{prefix}.up"] = self.up[_key(layer, name)].detach()
        return found

    def tokenized(self, texts: Sequence[str]) -> tuple[torch.Tensor, torch.Tensor]:
        """Ids and mask, (n, longest)."""
        rows = [encoding.ids for encoding in self.tokenizer.encode_batch(list(texts))]
        longest = max(map(len, rows))
        ids = torch.zeros(len(rows), longest, dtype=torch.long)
        mask = torch.zeros(len(rows), longest)
        for i, row in enumerate(rows):
            ids[i, : len(row)] = torch.tensor(row)
            mask[i, : len(row)] = 1
        return ids, mask

    def forward(self, ids: torch.Tensor, mask: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        x = self.hidden(ids, mask)
        pooled = F.normalize((x * mask[..., None]).sum(1), dim=-1)
        return pooled, F.normalize(x @ self.projection.T, dim=-1)

    def hidden(self, ids: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """The last layer, (n, length, 384)."""
        frozen = self.frozen
        x = frozen["embeddings.word_embeddings.weight"][ids]
        x = x + frozen["embeddings.position_embeddings.weight"][: ids.shape[1]]
        x = self._norm(x + frozen["embeddings.token_type_embeddings.weight"][0], "embeddings.LayerNorm")
        n, length, _ = x.shape
        seen = mask[:, None, None, :] == 1

        def heads(name: str, layer: int) -> torch.Tensor:
            return self._linear(x, layer, name).view(n, length, HEADS, HEAD_WIDTH).transpose(1, 2)

        for layer in range(LAYERS):
            prefix = f"encoder.layer.{layer}"
            query, key, value = (heads(name, layer) for name in LINEAR[:3])
            attended = F.scaled_dot_product_attention(query, key, value, attn_mask=seen)
            attended = attended.transpose(1, 2).reshape(n, length, WIDTH)
            x = self._norm(
                x + self._linear(attended, layer, LINEAR[3]), f"{prefix}.attention.output.LayerNorm"
            )
            inner = F.gelu(self._linear(x, layer, LINEAR[4]))
            x = self._norm(x + self._linear(inner, layer, LINEAR[5]), f"{prefix}.output.LayerNorm")
        return x

    def _linear(self, x: torch.Tensor, layer: int, name: str) -> torch.Tensor:
        prefix, key = f"encoder.layer.{layer}.{name}", _key(layer, name)
        whole = F.linear(x, self.frozen[f"{prefix}.weight"], self.frozen[f"{prefix}.bias"])
        return whole + F.linear(F.linear(x, self.down[key]), self.up[key]) if self.updated else whole

    def _norm(self, x: torch.Tensor, prefix: str) -> torch.Tensor:
        return F.layer_norm(
            x, (WIDTH,), self.frozen[f"{prefix}.weight"], self.frozen[f"{prefix}.bias"], 1e-12
        )


def _key(layer: int, name: str) -> str:
    return f"{layer}.{name}".replace(".", "_")
