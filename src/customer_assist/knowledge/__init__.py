"""Files of a business → documents → passages, with stable ids."""

from customer_assist.knowledge.columns import column_key
from customer_assist.knowledge.passages import passages
from customer_assist.knowledge.plain import plain
from customer_assist.knowledge.questions import LabelledQuestion, read_questions
from customer_assist.knowledge.reading import Reading, profile_path, read
from customer_assist.knowledge.rows import BadRow

__all__ = [
    "BadRow",
    "LabelledQuestion",
    "Reading",
    "column_key",
    "passages",
    "plain",
    "profile_path",
    "read",
    "read_questions",
]
