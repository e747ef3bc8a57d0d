"""The Model Context Protocol's SDK against a server made with it: a session, tools, resources, a refusal."""

import asyncio
import json
import sys

from mcp import Client


async def _asked(url):
    results = []
    async with Client(f"{url}/mcp") as client:
        results.append([tool.name for tool in (await client.list_tools()).tools])
        results += [(await client.call_tool("seconds", {"minutes": n})).content[0].text for n in (22.5, 45)]
        results.append((await client.call_tool("seconds", {"minutes": "many"})).is_error)
        results.append((await client.read_resource("tape://Side%20B")).contents[0].text)
    return results


def run(url):
    """Everything that the program sees."""
    return asyncio.run(_asked(url))


if __name__ == "__main__":
    print(json.dumps(run(sys.argv[1]), ensure_ascii=False))
