"""Invented businesses, with a value for every placeholder of the public answers and facts of their own.

The checks were developed with the first, on one half of the answers. The second was looked at once; the third is for
reporting alone. Each fact is a sentence of the profile and other words for the same, with which an answer may
say it.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fact:
    name: str
    sentence: str  # as the profile has it
    paraphrases: tuple[str, ...]  # as an answer may say it


@dataclass(frozen=True, slots=True)
class Business:
    values: dict[str, str]  # placeholder → value
    told: tuple[Fact, ...]

    @property
    def facts(self) -> dict[str, str]:
        return self.values | {fact.name: fact.sentence for fact in self.told}


LARKFIELD = Business(
    {
        "Order Number": "LF-204817",
        "Company Name": "Larkfield & Daughters",
        "Online Company Portal Info": "Larkfield Portal",
        "Company Account": "Larkfield Portal",
        "Online Order Interaction": "My Orders",
        "Purchase History": "Purchase History",
        "Order Status": "Order Status",
        "Shipping Status": "Parcel News",
        "Order Tracking": "Track my parcel",
        "Track Order": "Track my parcel",
        "Cancel Purchase": "Cancel order",
        "Customer Support Hours": "Monday to Friday, 8:30 to 18:00",
        "Customer Support Phone Number": "+1 (415) 555-0134",
        "Customer Support Email": "care@larkfield-lamps.example",
        "Website URL": "www.larkfield-lamps.example",
        "Store Location": "14 Mercer Street, Portland",
        "City 1": "Portland",
        "City 2": "Seattle",
        "City 3": "Boise",
        "E-commerce Platform 1": "Lampmarket",
        "E-commerce Platform 2": "Tradehall",
        "Cancellation Policy": "Orders can be cancelled free of charge within 24 hours of being placed.",
    },
    (
        Fact(
            "Return Period",
            "Unused items can be returned within 30 days of delivery; cut fabric cannot be returned.",
            (
                "You have 30 days from delivery to return unused items.",
                "Unused items may be sent back within thirty days of delivery.",
                "Cut fabric can't be returned.",
                "Returns of unused items are possible within 30 days.",
            ),
        ),
        Fact(
            "Refund Time",
            "We refund the purchase price within 5 business days of a return arriving, to the card you paid with.",
            (
                "The purchase price is refunded within five business days of the return arriving.",
                "Your refund goes back to the card you paid with, within 5 business days.",
            ),
        ),
        Fact(
            "Delivery Price",
            "Standard delivery costs $6.90 and takes 3 to 5 business days; express delivery costs $14.50.",
            (
                "Standard delivery takes 3–5 business days and costs $6.90.",
                "Express delivery is $14.50.",
                "You pay 6.90 dollars for standard delivery.",
            ),
        ),
        Fact(
            "Free Delivery",
            "Standard delivery is free for orders over $75.",
            (
                "For orders above $75, standard delivery is free.",
                "Standard delivery is free of charge when you order for more than $75.",
            ),
        ),
        Fact(
            "Warranty",
            "Our lamps have a 3-year warranty; bulbs are not covered by the warranty.",
            (
                "Lamps come with a warranty of three years.",
                "The warranty on our lamps lasts 3 years.",
                "Bulbs aren't covered by the warranty.",
                "The warranty does not cover bulbs.",
            ),
        ),
        Fact(
            "Holiday Returns",
            "Anything ordered from 15 November to 24 December can be returned until 31 January.",
            (
                "What you order between November 15 and December 24 can be returned until January 31.",
                "Items ordered from the 15th of November can be returned until 31 January.",
            ),
        ),
        Fact(
            "Student Discount",
            "Students get a discount of 12% with the code LEARN12.",
            ("With the code LEARN12, students get 12 percent off.", "There is a 12% discount for students."),
        ),
        Fact(
            "Changes",
            "Orders can be changed until they are packed, but not after that; the delivery country cannot be changed.",
            (
                "You can change an order until it is packed.",
                "You cannot change the delivery country.",
                "The delivery country can't be changed.",
            ),
        ),
        Fact(
            "Carrier",
            "Parcels are carried by Bluefinch Parcel, pallets by Orsted Freight.",
            ("Bluefinch Parcel delivers our parcels.", "Your pallet comes with Orsted Freight."),
        ),
        Fact(
            "Workshop",
            "Our two workshops are in Portland and Seattle; Ana Quiroga runs the repair desk, Tuesday to Saturday.",
            (
                "The repair desk is run by Ana Quiroga.",
                "The repair desk is there from Tuesday to Saturday.",
                "You find our two workshops in Portland and Seattle.",
            ),
        ),
        Fact(
            "Sizes",
            "The Heron lamp weighs 2.4 kg, is 48 cm high and has a cable of 1.8 metres.",
            (
                "The Heron lamp is 48 cm high and weighs 2.4 kg.",
                "The cable of the Heron lamp is 1.8 m long.",
                "The Heron lamp weighs 2,400 g.",
            ),
        ),
        Fact(
            "Gift Wrapping",
            "Gift wrapping costs $3.50 for each item and is not available for pallets.",
            (
                "You can have each item gift-wrapped for $3.50.",
                "Gift wrapping isn't available for pallets.",
            ),
        ),
        Fact(
            "Returns Page",
            "Returns are registered at www.larkfield-lamps.example/returns.",
            (
                "Register your return at www.larkfield-lamps.example/returns.",
                "You can register returns on https://www.larkfield-lamps.example/returns.",
            ),
        ),
        Fact(
            "Help Page",
            "Manuals are at https://help.larkfield-lamps.example/manuals, for the app version 4.2.1 and later.",
            (
                "You find the manuals at help.larkfield-lamps.example/manuals.",
                "All manuals are on https://help.larkfield-lamps.example/manuals.",
            ),
        ),
        Fact(
            "Contact",
            "For repairs write to repairs@larkfield-lamps.example or call +1 (415) 555-0177.",
            (
                "For repairs, our address is repairs@larkfield-lamps.example.",
                "Repairs are on +1 415 555 0177.",
                "Please write to repairs@larkfield-lamps.example for a repair.",
            ),
        ),
    ),
)

KESTREL = Business(
    {
        "Order Number": "904417326",
        "Company Name": "Kestrel Outdoor",
        "Online Company Portal Info": "Basecamp",
        "Company Account": "Basecamp",
        "Online Order Interaction": "Gear Log",
        "Purchase History": "Gear Log",
        "Order Status": "Where is it?",
        "Shipping Status": "Trail Map",
        "Order Tracking": "Trail Map",
        "Track Order": "Trail Map",
        "Cancel Purchase": "Call it off",
        "Customer Support Hours": "Tuesday to Sunday, 10am to 7pm",
        "Customer Support Phone Number": "0800 555 2190",
        "Customer Support Email": "ask@kestrel-outdoor.example",
        "Website URL": "https://kestrel-outdoor.example",
        "Store Location": "Unit 9, Weir Lane, Keswick",
        "City 1": "Keswick",
        "City 2": "Fort William",
        "City 3": "Bangor",
        "E-commerce Platform 1": "Hillmart",
        "E-commerce Platform 2": "Outpost",
        "Cancellation Policy": "An order can be cancelled without any fee for 2 hours after it was placed.",
    },
    (
        Fact(
            "Exchange",
            "Boots can be exchanged within 45 days if they were only worn indoors; worn socks are never taken back.",
            (
                "You can exchange boots for 45 days.",
                "Boots may be exchanged within forty-five days.",
                "Worn socks are never taken back.",
                "We never take worn socks back.",
            ),
        ),
        Fact(
            "Refund Time",
            "Refunds are paid within 10 working days and do not include the postage.",
            (
                "Your refund is paid within ten working days.",
                "The postage is not included in refunds.",
                "Refunds don't include the postage.",
            ),
        ),
        Fact(
            "Postage",
            "Postage is £3.95 in the United Kingdom and £11.20 to Ireland, and parcels take 2 to 4 working days.",
            (
                "Parcels take 2–4 working days, and the postage in the United Kingdom is £3.95.",
                "To Ireland the postage is £11.20.",
                "Postage to Ireland costs GBP 11.20.",
            ),
        ),
        Fact(
            "Free Postage",
            "From £50 on, postage in the United Kingdom is free.",
            (
                "Postage in the United Kingdom is free from £50.",
                "Spend 50 pounds and the postage in the United Kingdom is free.",
            ),
        ),
        Fact(
            "Guarantee",
            "Every tent has a guarantee of 6 years, but poles are excluded from it.",
            (
                "Tents have a 6-year guarantee.",
                "The guarantee on every tent runs for six years.",
                "Poles are excluded from the guarantee.",
                "Poles are not included in the guarantee.",
            ),
        ),
        Fact(
            "Sale",
            "The summer sale runs from 18 June to 2 July, and sale items cannot be exchanged.",
            (
                "Our summer sale runs from June 18 to July 2.",
                "The summer sale ends on the 2nd of July.",
                "Sale items can't be exchanged.",
            ),
        ),
        Fact(
            "Club",
            "Members of the Talon Club get 15% off ropes with the code TALON15.",
            (
                "Talon Club members get 15 percent off ropes.",
                "With the code TALON15, members of the Talon Club get 15% off ropes.",
            ),
        ),
        Fact(
            "Address Change",
            "You can change the delivery address before the parcel leaves us, but not the name on the order.",
            (
                "The delivery address can be changed before the parcel leaves us.",
                "The name on the order can't be changed.",
            ),
        ),
        Fact(
            "Carrier",
            "Small parcels go with Fellrunner Post and kayaks with Haulier Brandt.",
            ("Fellrunner Post brings small parcels.", "Kayaks are delivered by Haulier Brandt."),
        ),
        Fact(
            "Repair",
            "Our three repair benches are looked after by Morwenna Pascoe, on Wednesday and Friday.",
            (
                "Morwenna Pascoe looks after our three repair benches.",
                "The repair benches are open on Wednesday and Friday.",
            ),
        ),
        Fact(
            "Sizes",
            "The Merlin tent weighs 1.85 kg, sleeps two and packs down to 44 cm.",
            (
                "The Merlin tent packs down to 44 cm.",
                "The Merlin tent weighs 1,850 g.",
                "The Merlin tent weighs 1.85 kilograms.",
            ),
        ),
        Fact(
            "Rental",
            "Renting a kayak costs £28 a day and is not possible without a deposit of £150.",
            (
                "A kayak costs £28 per day to rent.",
                "Without a deposit of £150, renting a kayak is not possible.",
            ),
        ),
        Fact(
            "Exchange Page",
            "Exchanges are registered at https://kestrel-outdoor.example/exchange.",
            (
                "Register the exchange at https://kestrel-outdoor.example/exchange.",
                "Exchanges are registered on kestrel-outdoor.example/exchange.",
            ),
        ),
        Fact(
            "Care Page",
            "How to wash down is told at www.kestrel-outdoor.example/care/down, in the guide of version 2.0.4.",
            (
                "You can read how to wash down at www.kestrel-outdoor.example/care/down.",
                "Washing down is explained on https://www.kestrel-outdoor.example/care/down.",
            ),
        ),
        Fact(
            "Rental Desk",
            "The rental desk answers at rental@kestrel-outdoor.example and on 0800 555 2197.",
            (
                "You reach the rental desk at rental@kestrel-outdoor.example.",
                "The rental desk is on 0800 555 2197.",
            ),
        ),
    ),
)

TEASEL = Business(
    {
        "Order Number": "TG/55091",
        "Company Name": "Teasel Garden Supply",
        "Online Company Portal Info": "Potting Shed",
        "Company Account": "Potting Shed",
        "Online Order Interaction": "My Baskets",
        "Purchase History": "My Baskets",
        "Order Status": "Sown and Sent",
        "Shipping Status": "On the Way",
        "Order Tracking": "Follow the Van",
        "Track Order": "Follow the Van",
        "Cancel Purchase": "Dig it up",
        "Customer Support Hours": "Monday to Saturday, 7:30 to 16:30",
        "Customer Support Phone Number": "+49 30 5550 4471",
        "Customer Support Email": "hello@teasel-garden.example",
        "Website URL": "teasel-garden.example",
        "Store Location": "Am Wehr 12, Potsdam",
        "City 1": "Potsdam",
        "City 2": "Leipzig",
        "City 3": "Weimar",
        "E-commerce Platform 1": "Gartenplatz",
        "E-commerce Platform 2": "Beetle",
        "Cancellation Policy": "Seedlings can be cancelled up to 36 hours before they are dispatched.",
    },
    (
        Fact(
            "Plant Guarantee",
            "Shrubs that do not grow are replaced within 18 months; this does not apply to annual flowers.",
            (
                "We replace shrubs that do not grow within 18 months.",
                "The replacement does not apply to annual flowers.",
                "Shrubs that fail to grow are replaced within eighteen months.",
            ),
        ),
        Fact(
            "Tool Returns",
            "Tools may be sent back for 60 days after purchase, in their box. Opened seed packets are not taken back.",
            (
                "You may send tools back for 60 days.",
                "Opened seed packets aren't taken back.",
                "We do not take back opened seed packets.",
            ),
        ),
        Fact(
            "Shipping",
            "Shipping within Germany costs €5.40; to Austria it is €9.80 and takes 4 to 6 working days.",
            (
                "Shipping within Germany is €5.40.",
                "To Austria, shipping costs 9,80 € and takes 4–6 working days.",
            ),
        ),
        Fact(
            "Free Shipping",
            "We ship free of charge within Germany from an order value of €80.",
            (
                "From an order value of 80 euros, shipping within Germany is free of charge.",
                "Orders from €80 are shipped free of charge within Germany.",
            ),
        ),
        Fact(
            "Bulbs",
            "Tulip bulbs are sent from 10 September and must be planted by 20 November.",
            (
                "Tulip bulbs are sent from September 10.",
                "Plant tulip bulbs by November 20.",
                "We send tulip bulbs from the 10th of September on.",
            ),
        ),
        Fact(
            "Voucher",
            "With the code SPADE8, new customers get 8% off; it cannot be combined with other vouchers.",
            (
                "New customers get 8 percent off with the code SPADE8.",
                "The code SPADE8 can't be combined with other vouchers.",
            ),
        ),
        Fact(
            "Payment",
            "Invoices are due after 14 days. Payment by cheque is not accepted.",
            (
                "Invoices are due after two weeks.",
                "Payment by cheque isn't accepted.",
                "We don't accept payment by cheque.",
            ),
        ),
        Fact(
            "Haulage",
            "Compost comes by Rollhagen Spedition, everything else by Kiebitz Paket.",
            ("Compost is brought by Rollhagen Spedition.", "All but compost comes by Kiebitz Paket."),
        ),
        Fact(
            "Advice",
            "Jette Marquardt gives advice on pruning in Potsdam, every Thursday from 14:00 to 15:30.",
            (
                "On Thursday from 2 pm to 3:30 pm Jette Marquardt gives advice on pruning.",
                "For advice on pruning, come to Potsdam on Thursday and ask Jette Marquardt.",
            ),
        ),
        Fact(
            "Greenhouse",
            "The Plover greenhouse is 2.1 m high, weighs 64 kg and is delivered in three boxes.",
            (
                "The Plover greenhouse weighs 64 kg and is 2.1 metres high.",
                "We deliver the Plover greenhouse in three boxes.",
                "The Plover greenhouse is 210 cm high.",
            ),
        ),
        Fact(
            "Click and Collect",
            "You can collect your order in Leipzig once the message arrives, but only with proof of identity.",
            (
                "Your order can be collected in Leipzig.",
                "It is possible to collect your order in Leipzig.",
            ),
        ),
        Fact(
            "Price",
            "A soil test costs €24.50, a set of three €60.",
            ("You pay €24.50 for a soil test.", "A set of three soil tests is €60."),
        ),
        Fact(
            "Returns Form",
            "The form for returns is at https://teasel-garden.example/forms/returns.",
            (
                "You find the form for returns at teasel-garden.example/forms/returns.",
                "Fill in the form at https://teasel-garden.example/forms/returns.",
            ),
        ),
        Fact(
            "Calendar",
            "The sowing calendar is on www.teasel-garden.example/calendar.",
            (
                "See www.teasel-garden.example/calendar for the sowing calendar.",
                "Our sowing calendar is on https://www.teasel-garden.example/calendar.",
            ),
        ),
        Fact(
            "Landscapers",
            "Landscapers write to trade@teasel-garden.example or ring +49 30 5550 4480.",
            (
                "Landscapers can write to trade@teasel-garden.example.",
                "For landscapers the number is +49 30 5550 4480.",
            ),
        ),
    ),
)
BUSINESSES = (LARKFIELD, KESTREL, LARKFIELD, TEASEL)  # of every four answers
