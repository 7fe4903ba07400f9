"""`customer-assist prices`: what language models cost, for dashboards, statistics and a budget in money."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Annotated

import typer

from customer_assist.cli.output import one_line, out, print_json, print_note
from customer_assist.cli.session import AsJson, settings_of_command

if TYPE_CHECKING:
    from customer_assist.storage.prices import Price, PriceStore

EXAMPLE = "customer-assist prices set my-model --prompt 0.15 --completion 0.60 --currency EUR"
app = typer.Typer(rich_markup_mode=None, help="What language models cost: entered by you, none is assumed.")
_Model = Annotated[
    str, typer.Argument(metavar="MODEL", help="As CUSTOMER_ASSIST_MODEL has it.", show_default=False)
]


@app.command("list", epilog="\b\nExample: customer-assist prices list")
def list_prices(as_json: AsJson = False) -> None:
    """List prices. Each line: model, sent, written (for a million tokens) and currency, parted by tabs."""
    with _prices() as prices:
        known, unpriced = prices.list(), prices.unpriced()
    if as_json:
        print_json({"prices": [_as_json(price) for price in known], "without_price": unpriced})
        return
    for price in known:
        amounts = (f"{amount:f}" for amount in (price.prompt_per_million, price.completion_per_million))
        print(one_line(price.model), *amounts, price.currency, sep="\t")
    for model in unpriced:
        print_note(f"{model} was called and has no price: what it took is in no cost")
    if not known and out().is_terminal:
        out().print(f"No prices: {EXAMPLE}", markup=False)


@app.command("set", epilog=f"\b\nExample: {EXAMPLE}")
def set_price(
    model: _Model,
    prompt: Annotated[
        str, typer.Option(metavar="AMOUNT", help="For a million tokens that are sent.", show_default=False)
    ],
    completion: Annotated[
        str, typer.Option(metavar="AMOUNT", help="For a million tokens that are written.", show_default=False)
    ],
    currency: Annotated[
        str, typer.Option(metavar="CODE", help="Three letters, such as EUR.", show_default=False)
    ],
    as_json: AsJson = False,
) -> None:
    """Enter what a model costs, in place of what it cost before. Costs of days gone by change with it."""
    from customer_assist.errors import InvalidInput
    from customer_assist.storage.prices import Price

    price = Price(model, _amount("--prompt", prompt), _amount("--completion", completion), currency.upper())
    try:
        with _prices() as prices:
            prices.set(price)
    except InvalidInput as error:
        raise typer.BadParameter(str(error)) from error
    if as_json:
        print_json(_as_json(price))
    else:
        amounts = f"{price.prompt_per_million:f} sent, {price.completion_per_million:f} written"
        out().print(f"{one_line(model)}: {amounts}, {price.currency} for a million tokens", markup=False)


@app.command(epilog="\b\nExample: customer-assist prices delete my-model")
def delete(model: _Model) -> None:
    """Delete a model's price: what it took is in no cost then."""
    with _prices() as prices:
        if not prices.delete(model):
            raise typer.BadParameter(
                f"{one_line(model)[:60]!r} has no price: `customer-assist prices list` shows all"
            )
    out().print(f"Deleted: {one_line(model)}", markup=False)


@contextmanager
def _prices() -> Iterator[PriceStore]:
    settings = settings_of_command()
    from customer_assist.bootstrap import open_database
    from customer_assist.storage.prices import PriceStore

    with open_database(settings) as database:
        yield PriceStore(database)


def _amount(option: str, value: str) -> Decimal:
    try:
        return Decimal(value.strip())
    except InvalidOperation as error:
        raise typer.BadParameter(
            f"{one_line(value)[:40]!r} is no amount: write it like 0.15", param_hint=option
        ) from error


def _as_json(price: Price) -> dict[str, object]:
    return {
        "model": price.model,
        "prompt_per_million": float(price.prompt_per_million),
        "completion_per_million": float(price.completion_per_million),
        "currency": price.currency,
    }
