"""`customer-assist serve`: API and chat page."""

from __future__ import annotations

from customer_assist.cli.session import Sample

EXAMPLE = "customer-assist serve --sample examples/brindle"


def serve(sample: Sample = None) -> None:
    """Serve the API and the chat page until Ctrl-C.

    The address is http://127.0.0.1:5000 unless CUSTOMER_ASSIST_HOST and APP_PORT say otherwise.
    """
    from customer_assist.config import load_settings
    from customer_assist.serving import serve

    serve(load_settings(), sample)
