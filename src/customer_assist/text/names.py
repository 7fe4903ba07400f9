"""Who can give what a placeholder stands for: the business, by its profile, or the customer who writes."""

from __future__ import annotations

import re

from customer_assist.text.wording import key_of

# Keys of names (wording.key_of). A business's own e-mail address and telephone number are told by their names.
_BUSINESS = re.compile(
    r"customersupport|support|company|business|store|shop|office|helpdesk|website|url|link|policy|portal|vat"
    r"|registration|fax|hotline|opening|returnsaddress|returnaddress"
)
_CUSTOMERS = re.compile(
    r"^(?:client|customer|user|buyer|recipient|person|caller|member|your|my)"
    r"|^(?:salutation|title|name|fullname|firstname|lastname|surname|email|emailaddress|phone|phonenumber"
    r"|address|postcode|zipcode|month|amount|date|daterange|currencysymbol)$"
    r"|^(?:order|purchase|invoice|bill|tracking|reference|ticket|case|transaction|account|refund|delivery|shipping"
    r"|booking|item|product|serial|confirmation|membership|plan|parcel|shipment)"
    r"(?:number|id|no|code|name|date|amount|city|country|address|type|category|level|total|reference|status\w+)$"
    r"|^invoicename$"
)
_DETAIL = re.compile(r"(?:number|id|no|code|email|emailaddress|phone|address|date|reference|name)$")


def customers_own(name: str) -> bool:
    """Whether only the customer, or a look at their order, can tell: an order number, a name, a delivery date."""
    key = key_of(name)
    return not _BUSINESS.search(key) and bool(_CUSTOMERS.search(key))


def is_detail(name: str) -> bool:
    """Whether it is something that a customer may be asked for: a number, an address, a date."""
    return customers_own(name) and bool(_DETAIL.search(key_of(name)))
