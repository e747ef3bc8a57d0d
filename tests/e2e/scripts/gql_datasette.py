"""The unmodified gql client against datasette-graphql: the schema, variables, filters, pages, fragments, errors."""

import asyncio
import json
import sys

from gql import Client, gql
from gql.transport.exceptions import TransportQueryError
from gql.transport.httpx import HTTPXAsyncTransport
from gql.transport.requests import RequestsHTTPTransport

PAGE = """query page($first: Int!, $after: String) {
  tapes(first: $first, after: $after, sort: title) { totalCount pageInfo { hasNextPage endCursor } nodes { id title } }
}"""
ONE = "query one($title: String!) { tapes(filter: {title: {eq: $title}}) { nodes { ...whole } } } "
ONE += "fragment whole on tapes { id title year sides_list { nodes { name seconds } } }"


def pages(client):
    """Every page of the table."""
    after, found = None, []
    while True:
        page = client.execute(gql(PAGE), variable_values={"first": 3, "after": after})["tapes"]
        found.append(page)
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            return found


async def at_once(url):
    """Several questions at once, asynchronously."""
    asked = [gql(f"{{ tapes(filter: {{year: {{gt: {year}}}}}) {{ totalCount }} }}") for year in (1960, 1970, 1980)]
    client = Client(transport=HTTPXAsyncTransport(url=f"{url}/graphql"))
    async with client as session:
        return await asyncio.gather(*(session.execute(each) for each in asked))


def run(url):
    """Everything that the program sees."""
    headers = {"Authorization": "Bearer " + "graphql-" + "t0ken" * 5}
    client = Client(
        transport=RequestsHTTPTransport(url=f"{url}/graphql", headers=headers), fetch_schema_from_transport=True
    )
    results = pages(client)
    results += [client.execute(gql(ONE), variable_values={"title": title}) for title in ("Side B", "Nowhere", "Grüße")]
    results.append(sorted(name for name in client.schema.type_map if not name.startswith("_")))
    bare = Client(transport=RequestsHTTPTransport(url=f"{url}/graphql"))
    try:
        bare.execute(gql("{ nothing { id } }"))
    except TransportQueryError as error:
        results.append(error.errors)
    return [*results, *asyncio.run(at_once(url))]


if __name__ == "__main__":
    print(json.dumps(run(sys.argv[1]), ensure_ascii=False))
