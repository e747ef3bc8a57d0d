"""A client as one finds it everywhere: whatever goes wrong, it tries again.

tapehiss storm cassettes/library/stripe/shop.yaml -- python examples/storm/naive.py {url}
"""

import json
import sys
import time
import urllib.request

ATTEMPTS = 3
PAUSE_S = 0.1
TIMEOUT_S = 2.0


def ask(method, url, form=""):
    request = urllib.request.Request(url, form.encode() or None, method=method)
    attempt = 1
    while True:
        try:
            with urllib.request.urlopen(request, timeout=TIMEOUT_S) as answer:
                return json.load(answer)
        except Exception:
            if attempt == ATTEMPTS:
                raise
        attempt += 1
        time.sleep(PAUSE_S)


def main(vendor):
    customer = ask("POST", f"{vendor}/v1/customers", "name=Ada")
    paid = ask("POST", f"{vendor}/v1/payment_intents", f"amount=1999&currency=eur&customer={customer['id']}")
    print(paid["status"])


if __name__ == "__main__":
    main(sys.argv[1])
