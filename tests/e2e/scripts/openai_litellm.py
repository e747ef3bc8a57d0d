"""The unmodified OpenAI SDK against litellm's proxy: a completion, streams (SSE), sync and async, models, refusals."""

import asyncio
import json
import os
import sys

import openai

ASKED = [{"role": "user", "content": "Say something to the tape, please. Grüße!"}]


def refused(call, **arguments):
    """The error that a call ends in."""
    try:
        call(**arguments)
    except openai.APIStatusError as error:
        return [type(error).__name__, error.status_code]
    return "not refused"


async def streams(url, key):
    """Three streams at once."""
    async with openai.AsyncOpenAI(base_url=f"{url}/v1", api_key=key, max_retries=0) as client:

        async def one(temperature):
            stream = await client.chat.completions.create(
                model="hiss", messages=ASKED, stream=True, temperature=temperature
            )
            return [chunk.choices[0].delta.content async for chunk in stream if chunk.choices]

        return await asyncio.gather(*(one(n / 10) for n in range(3)))


def run(url):
    """Everything that the program sees."""
    key = os.environ["E2E_LITELLM_KEY"]
    client = openai.OpenAI(base_url=f"{url}/v1", api_key=key, max_retries=0)
    results = [sorted(model.id for model in client.models.list())]
    results.append(client.chat.completions.create(model="hiss", messages=ASKED).model_dump())
    results.append(client.chat.completions.create(model="hiss", messages=ASKED, temperature=0.5).model_dump())
    with client.chat.completions.create(model="hiss", messages=ASKED, stream=True) as stream:
        results.append([chunk.model_dump() for chunk in stream])
    usage = {"include_usage": True}
    with client.chat.completions.create(model="hiss", messages=ASKED, stream=True, stream_options=usage) as stream:
        results.append([chunk.model_dump() for chunk in stream])
    results.append(refused(client.chat.completions.create, model="nobody", messages=ASKED))
    stranger = openai.OpenAI(base_url=f"{url}/v1", api_key="sk-" + "wrong", max_retries=0)
    results.append(refused(stranger.chat.completions.create, model="hiss", messages=ASKED))
    return [*results, *asyncio.run(streams(url, key))]


if __name__ == "__main__":
    print(json.dumps(run(sys.argv[1]), ensure_ascii=False))
