"""The unmodified Authlib client against oidc-provider-mock: discovery, a log-in with PKCE, an ID token, refresh, user info."""

import json
import sys
from urllib.parse import parse_qs, urlsplit

import requests
from authlib.integrations.requests_client import OAuth2Session

BACK = "http://localhost/back"
WAIT_S = 20


def run(url):
    """Everything that the program sees (of a token: its length)."""
    about = requests.get(f"{url}/.well-known/openid-configuration", timeout=WAIT_S).json()
    results = [about, len(requests.get(about["jwks_uri"], timeout=WAIT_S).json()["keys"])]
    requests.put(f"{url}/users/ada", json={"email": "ada@shop.example", "name": "Ada Grüße"}, timeout=WAIT_S)
    client = OAuth2Session(
        "shop", "shop-" + "s3cret" * 4, redirect_uri=BACK, scope="openid email", code_challenge_method="S256"
    )
    address, _ = client.create_authorization_url(about["authorization_endpoint"], code_verifier="v" * 48, state="s1")
    answer = requests.post(address, data={"sub": "ada"}, allow_redirects=False, timeout=WAIT_S)
    back = answer.headers["Location"]
    results += [answer.status_code, sorted(parse_qs(urlsplit(back).query))]
    token = client.fetch_token(about["token_endpoint"], authorization_response=back, code_verifier="v" * 48, state="s1")
    results.append({key: len(value) if isinstance(value, str) else "a number" for key, value in token.items()})
    results.append(client.get(about["userinfo_endpoint"], timeout=WAIT_S).json())
    fresh = client.refresh_token(about["token_endpoint"])
    results.append(sorted(fresh))
    stranger = requests.get(about["userinfo_endpoint"], headers={"Authorization": "Bearer guess"}, timeout=WAIT_S)
    results.append(stranger.status_code)
    return results


if __name__ == "__main__":
    print(json.dumps(run(sys.argv[1]), ensure_ascii=False))
