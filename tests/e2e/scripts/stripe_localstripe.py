"""The unmodified Stripe SDK against localstripe: customers, a payment, a refund, paging, two kinds of refusal."""

import json
import os
import sys

import stripe

KEY = os.environ["E2E_STRIPE_KEY"]


def plain(thing):
    """What the SDK returned, as JSON, with the length of a client secret in its place (the tape has a pseudonym)."""
    found = thing.to_dict() if hasattr(thing, "to_dict") else dict(thing)
    if isinstance(found.get("client_secret"), str):
        found["client_secret"] = len(found["client_secret"])
    return found


def refused(call):
    """The error that a call ends in, as the SDK shows it."""
    try:
        call()
    except stripe.StripeError as error:
        return [type(error).__name__, error.http_status, error.user_message]
    return "not refused"


def shop(client):
    """Customers, a card, a charge, a refund."""
    results = []
    buyers = [client.v1.customers.create({"name": f"Ada {n}", "email": f"ada{n}@shop.example"}) for n in range(5)]
    results += [plain(buyer) for buyer in buyers]
    card = client.v1.payment_methods.create(
        {
            "type": "card",
            "card": {"number": "4242" * 4, "exp_month": 12, "exp_year": 2034, "cvc": "123"},
            "billing_details": {"address": {"line1": "12 Rue de l’Étoile", "city": "Zürich"}},
        }
    )
    results.append(plain(card))
    results.append(plain(client.v1.payment_methods.attach(card.id, {"customer": buyers[0].id})))
    paid = client.v1.payment_intents.create(
        {
            "amount": 1999,
            "currency": "eur",
            "customer": buyers[0].id,
            "payment_method": card.id,
            "confirm": True,
            "metadata": {"order": "6735"},
        },
        {"idempotency_key": f"order-6735-{os.getpid()}"},
    )
    results.append(plain(paid))
    results.append(plain(client.v1.refunds.create({"payment_intent": paid.id, "amount": 500})))
    results.append(plain(client.v1.payment_intents.retrieve(paid.id)))
    return results, buyers


def run(url):
    """Everything that the shop sees."""
    stripe.ca_bundle_path = os.environ.get("SSL_CERT_FILE", stripe.ca_bundle_path)
    client = stripe.StripeClient(KEY, base_addresses={"api": url})
    results, buyers = shop(client)
    results.append([buyer.name for buyer in client.v1.customers.list({"limit": 2}).auto_paging_iter()])
    results.append(plain(client.v1.customers.update(buyers[1].id, {"metadata": {"vip": "yes"}})))
    results.append(plain(client.v1.customers.delete(buyers[2].id)))
    results.append(len(list(client.v1.customers.list({"limit": 100}).auto_paging_iter())))
    results.append(refused(lambda: client.v1.customers.retrieve("cus_nobody")))
    results.append(refused(lambda: client.v1.payment_intents.create({"amount": -1, "currency": "eur"})))
    stranger = stripe.StripeClient("nonsense", base_addresses={"api": url})
    results.append(refused(stranger.v1.customers.list))
    return results


if __name__ == "__main__":
    print(json.dumps(run(sys.argv[1]), ensure_ascii=False))
