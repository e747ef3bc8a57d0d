"""A small shop on the Stripe SDK, as its users would write it: ``python shop.py URL [sell | insist | insist-safely]``.

Nothing here knows of tapehiss; a program needs a base URL that can be set, no more. It prints what it got as a line of JSON.
Without a word it does a day's work: three customers, a sale, a refund, a look into the books, and two mistakes.
"""

import json
import os
import sys

import stripe

KEY = os.environ.get("SHOP_STRIPE_KEY", "")
ORDER = {"amount": 1999, "currency": "eur", "confirm": True, "metadata": {"order": "6735"}}
CARD = {"number": "4242" * 4, "exp_month": 12, "exp_year": 2034, "cvc": "123"}


def seen(thing):
    """What the SDK returned; the secret of a payment is for the browser only, so its length must do."""
    found = thing.to_dict()
    if "client_secret" in found:
        found["client_secret"] = len(found["client_secret"])
    return found


def prepare(client):
    """A customer with a card: everything before the money moves."""
    customer = client.v1.customers.create({"name": "Ada", "email": "ada@shop.example"})
    card = client.v1.payment_methods.create({"type": "card", "card": CARD})
    client.v1.payment_methods.attach(card.id, {"customer": customer.id})
    return {**ORDER, "customer": customer.id, "payment_method": card.id}


def a_day(client):
    """The day's work."""
    paid = client.v1.payment_intents.create(prepare(client))
    refund = client.v1.refunds.create({"payment_intent": paid.id, "amount": 500})
    others = [client.v1.customers.create({"name": name, "email": f"{name}@shop.example"}) for name in ("Bo", "Cy")]
    books = [customer.name for customer in client.v1.customers.list({"limit": 2}).auto_paging_iter()]
    results = [*(seen(thing) for thing in (paid, refund, *others, client.v1.payment_intents.retrieve(paid.id))), books]
    for mistake in (
        lambda: client.v1.customers.retrieve("cus_nobody"),
        lambda: client.v1.payment_intents.create({"amount": -1, "currency": "eur"}),
    ):
        try:
            mistake()
        except stripe.StripeError as error:
            results.append([type(error).__name__, error.http_status, error.user_message])
    return results


def sell(client, tries=1, options=None):
    """One sale. With more tries than one the shop insists: it calls the SDK again when the SDK has given up."""
    order = prepare(client)
    for left in reversed(range(tries)):
        try:
            return client.v1.payment_intents.create(order, options or {}).status
        except stripe.StripeError as error:
            if not left:
                return type(error).__name__
    return "never tried"


def main(url, work="day"):
    """Point the SDK at ``url`` and work."""
    stripe.ca_bundle_path = os.environ.get("SSL_CERT_FILE", stripe.ca_bundle_path)
    client = stripe.StripeClient(KEY, base_addresses={"api": url}, max_network_retries=2)
    works = {
        "day": lambda: a_day(client),
        "sell": lambda: sell(client),
        "insist": lambda: sell(client, tries=2),
        "insist-safely": lambda: sell(client, tries=2, options={"idempotency_key": "order-6735"}),
    }
    print(json.dumps(works[work]()))


if __name__ == "__main__":
    main(*sys.argv[1:])
