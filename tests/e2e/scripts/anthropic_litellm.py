"""The unmodified Anthropic SDK against litellm's proxy: a message and a stream of events."""

import json
import os
import sys

import anthropic

ASKED = [{"role": "user", "content": "Say something to the tape, please."}]


def run(url):
    """Everything that the program sees."""
    client = anthropic.Anthropic(base_url=url, api_key=os.environ["E2E_LITELLM_KEY"], max_retries=0)
    results = [client.messages.create(model="claude-hiss", max_tokens=100, messages=ASKED).model_dump()]
    with client.messages.create(model="claude-hiss", max_tokens=100, messages=ASKED, stream=True) as stream:
        results.append([event.model_dump() for event in stream])
    try:
        client.messages.create(model="nobody", max_tokens=100, messages=ASKED)
    except anthropic.APIStatusError as error:
        results.append([type(error).__name__, error.status_code])
    return results


if __name__ == "__main__":
    print(json.dumps(run(sys.argv[1]), ensure_ascii=False))
