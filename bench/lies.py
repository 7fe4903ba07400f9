"""A lying model: whether the checks catch one changed fact, and let honest words through.

Real answers of a language model (orders_rag/rag-eval-gpt-4o-mini.csv) give 600 clean ones: each as it stands and
in other wordings, some with a fact of the profile put in; and each of these gives a lie, by one fact changed. The
sources are those that search finds. There are four businesses, for every fourth answer each: the checks were
developed with the first; what went wrong with the next two was looked at, and with the last once, when its
figures were down. Real answers that state what no source says were found by reading those that the checks
blocked; they are no clean answers, and are counted by themselves.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from random import Random

from bench.alterations import KINDS, alter, swap
from bench.lie_businesses import Business, read_business
from bench.paraphrases import paraphrase
from bench.retrieval import business, read_documents
from customer_assist.answering.checks import Ground, check_text, lay_ground
from customer_assist.answering.citing import read_sources
from customer_assist.answering.extractive import ExtractiveAnswerer
from customer_assist.answering.prompt import INSTRUCTIONS
from customer_assist.answering.sources import Source
from customer_assist.bootstrap import choose_embedder
from customer_assist.business import read_profile
from customer_assist.config import load_settings
from customer_assist.indexing import retriever
from customer_assist.knowledge.passages import passages
from customer_assist.model import Answer, CheckResult, Document, Hit, Query, Score
from customer_assist.ports import AnswerRequest
from customer_assist.search.index import build

ANSWERS, DOCUMENTS = "orders_rag/rag-eval-gpt-4o-mini.csv", "orders_rag/documents-with-ids.json"
ROOT = Path(__file__).resolve().parents[1]
SHOP, BUSINESSES = ROOT / "examples" / "brindle", ROOT / "training" / "businesses"
CLEAN = 600
PARTS = ("developed on", "looked at", "looked at", "held out")
OWNERS = ("larkfield", "kestrel", "teasel", "quill")
# Row of the file → what the real answer says that stands in none of the sources found for its question.
INVENTED = {
    6: "that the team starts refunds",
    16: "placeholders' own names, as if they were what the portal and its section are called",
    34: "CONTEXT, the prompt's word",
    33: "placeholders' own names, as if sections were called so",
    45: "a section and a button",
    77: "CONTEXT, the prompt's word",
    81: "a section",
    91: "a placeholder's own name, as if a section were called so",
    113: "a placeholder's own name, as if a section were called so",
    123: "that no name or e-mail is needed, where the sources ask for them, and a section",
    126: "a button",
    144: "CONTEXT, the prompt's word",
    149: "a section and buttons",
    158: "a placeholder's own name, as if a section were called so",
    165: "a tab",
    168: "CONTEXT, the prompt's word",
}
Check = Callable[[str, Ground], Sequence[CheckResult]]


@dataclass(frozen=True, slots=True)
class Case:
    """A question with what was found for it, and the model's real answer."""

    row: int
    question: str
    hits: tuple[Hit, ...]
    business: Business
    ground: Ground
    real: str

    @property
    def part(self) -> str:
        return PARTS[self.row % len(PARTS)]


@dataclass(frozen=True, slots=True)
class Told:
    """A clean answer and its lie."""

    case: Case
    clean: str
    kind: str  # what the lie changes
    lie: str


def cases(data: Path) -> list[Case]:
    with (data / ANSWERS).open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    embedder = choose_embedder(load_settings({}))
    index = build(0, read_documents(data / DOCUMENTS), None if embedder is None else embedder.encode)
    search = retriever("hybrid", index, embedder)
    owners = [read_business(name) for name in OWNERS]
    found = []
    for row, line in enumerate(rows):
        owner = owners[row % len(owners)]
        question, real = (_filled(line[name], owner) for name in ("question", "answer"))
        hits = tuple(search.retrieve(Query(question), 10))
        sources = read_sources(hits, owner.facts)
        ground = lay_ground(sources, owner.facts, question, instructions=INSTRUCTIONS)
        found.append(Case(row, question, hits, owner, ground, real))
    return found


def told(found: Sequence[Case]) -> Iterator[Told]:
    """As many clean answers as CLEAN, with a lie each: the real ones, then wordings of them in turn."""
    honest = [case for case in found if case.row not in INVENTED]
    number = 0
    for wording in count():
        for case in honest:
            if number == CLEAN:
                return
            random = Random(1000 * wording + case.row)
            text = case.real if wording == 0 else paraphrase(case.real, random)
            if wording == 2:
                text = _inserted(text, _fact(case.business, random), random)
            kind = KINDS[number % len(KINDS)]
            clean, lie = _altered(text, kind, case.business, random)
            yield Told(case, clean, kind, lie)
            number += 1


def _filled(text: str, business: Business) -> str:
    """As the model would have written it from filled sources."""
    values = {_key(name): value for name, value in business.values.items()}
    return re.sub(r"\{\{\s*([^{}]*?)\s*\}{2,}", lambda match: values.get(_key(match[1]), match[0]), text)


def _key(name: str) -> str:
    return re.sub(r"[\W_]+", "", name).lower()


def _fact(business: Business, random: Random) -> str:
    return random.choice(random.choice(business.told).paraphrases)


def _inserted(text: str, sentence: str, random: Random) -> str:
    """`sentence` as a paragraph of its own, not the first."""
    blocks = text.split("\n\n")
    at = random.randint(1, len(blocks))
    return "\n\n".join([*blocks[:at], sentence, *blocks[at:]])


def _altered(clean: str, kind: str, business: Business, random: Random) -> tuple[str, str]:
    """A clean answer and its lie. Half of the time, and where the answer has nothing of the kind, a fact that has
    is put into both and changed there."""
    lie = alter(clean, kind, business, random) if random.random() < 0.5 else None
    while lie is None:
        sentence = _fact(business, random)
        changed = alter(sentence, kind, business, random)
        if changed is not None:
            clean = _inserted(clean, sentence, random)
            lie = clean.replace(sentence, changed)
    return clean, lie


@dataclass(frozen=True, slots=True)
class Figures:
    altered: Counter[str]
    caught: Counter[str]
    clean: int
    blocked: int

    @property
    def recall(self) -> float:
        return self.caught.total() / max(self.altered.total(), 1)

    @property
    def f1(self) -> float:
        """Of telling lies from clean answers; a lie is a positive."""
        caught = self.caught.total()
        return 2 * caught / max(self.altered.total() + caught + self.blocked, 1)

    def of(self, kind: str) -> float:
        return self.caught[kind] / self.altered[kind]

    def as_json(self) -> dict[str, object]:
        return {
            "altered": self.altered.total(),
            "caught": {kind: [self.caught[kind], self.altered[kind]] for kind in KINDS},
            "recall": round(self.recall, 4),
            "f1": round(self.f1, 4),
            "clean": self.clean,
            "blocked": self.blocked,
        }


def measure(pairs: Sequence[Told], check: Check = check_text) -> Figures:
    altered, caught = Counter[str](), Counter[str]()
    for pair in pairs:
        altered[pair.kind] += 1
        caught[pair.kind] += _fails(pair.lie, pair.case.ground, check)
    return Figures(altered, caught, len(pairs), sum(_fails(p.clean, p.case.ground, check) for p in pairs))


def _fails(text: str, ground: Ground, check: Check = check_text) -> bool:
    return any(not result.passed for result in check(text, ground))


def swapped(found: Sequence[Case]) -> tuple[int, int]:
    """How many lies that put one true fact in the place of another are caught, of how many."""
    caught = of = 0
    for case in found:
        random = Random(case.row)
        sentence = _fact(case.business, random)
        lie = swap(sentence, case.business, random)
        if lie is not None:
            of += 1
            caught += _fails(_inserted(case.real, lie, random), case.ground)
    return caught, of


def blocked_texts(wordings: int = 3) -> dict[str, list[int]]:
    """Texts that nobody's lies are made of: how many extracted answers of the sample shop are not given, and how
    many other wordings of its articles, and of 16 other businesses' articles, are blocked; of how many each."""
    facts = read_profile(SHOP / "business.toml").placeholders()
    withheld = shop = others = 0
    articles = read_documents(SHOP)
    for document in articles:
        hit = Hit(document, passages(document)[-1], 1, Score(1.0, "bench"))
        *_, answer = ExtractiveAnswerer().stream(AnswerRequest(document.title, [hit], facts))
        assert isinstance(answer, Answer)
        withheld += not answer.text
        shop += _blocked(document, answer.text, facts, articles, wordings)
    known = [business(file)[0] for file in sorted(BUSINESSES.glob("*.jsonl")) if ".un" not in file.name]
    for documents in known:
        others += sum(_blocked(document, document.text, {}, documents, wordings) for document in documents)
    return {
        "extracts of the sample shop": [withheld, len(articles)],
        "wordings of the sample shop": [shop, len(articles) * wordings],
        "wordings of other businesses": [others, sum(map(len, known)) * wordings],
    }


def _blocked(
    document: Document, text: str, facts: Mapping[str, str], others: Sequence[Document], wordings: int
) -> int:
    """How many wordings of `text` its own document and four others, at random, do not bear."""
    random = Random(f"{document.source} {document.id}")
    beside = [
        Source(n, other.id, other.title, other.text) for n, other in enumerate(random.sample(others, 4), 2)
    ]
    ground = lay_ground([Source(1, document.id, document.title, text), *beside], facts, document.title)
    return sum(_fails(paraphrase(text, random), ground) for _ in range(wordings))


def run(data: Path) -> dict[str, object]:
    if not (data / ANSWERS).is_file():
        print(f"skipped, {data / ANSWERS} is not there")
        return {}
    found = cases(data)
    pairs = list(told(found))
    parts = {"all": pairs} | {
        name: [pair for pair in pairs if pair.case.part == name] for name in dict.fromkeys(PARTS)
    }
    figures: dict[str, object] = {name: measure(part).as_json() for name, part in parts.items()}
    invented = [case for case in found if case.row in INVENTED]
    figures["real answers that invent"] = [sum(_fails(c.real, c.ground) for c in invented), len(invented)]
    figures["true facts swapped: caught, of"] = swapped(found)
    figures["blocked, of"] = blocked_texts()
    for name, value in figures.items():
        print(f"{name}: {value}")
    return figures
