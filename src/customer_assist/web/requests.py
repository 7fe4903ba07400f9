"""What every request with a body must be, before the models look at it."""

from __future__ import annotations

import json

from flask import request
from werkzeug.exceptions import RequestEntityTooLarge

from customer_assist.errors import InvalidInput


def refuse_what_is_no_json_object() -> None:
    """They are to see nothing but objects. Raises InvalidInput, RequestEntityTooLarge, UnsupportedMediaType."""
    if request.method not in ("POST", "PUT"):
        return
    limit = request.max_content_length
    if request.content_length is None and limit and len(request.get_data()) >= limit:
        raise RequestEntityTooLarge  # sent in chunks: what is over the limit was cut off
    try:
        content = request.get_json()
        json.dumps(content, ensure_ascii=False).encode()  # JSON can name halves of characters; UTF-8 cannot
    except RecursionError as error:
        raise InvalidInput("the JSON is nested too deeply") from error
    except UnicodeEncodeError as error:
        raise InvalidInput("the text holds half of a surrogate pair: send valid Unicode") from error
    if not isinstance(content, dict):
        raise InvalidInput('the body must be a JSON object: {"question": "…"}')
