"""The unmodified MinIO SDK against moto's server: another S3 client, with signatures and chunks of its own."""

import io
import json
import os
import sys
from urllib.parse import urlsplit

import minio
import urllib3


def run(url):
    """Everything that the program sees."""
    place = urlsplit(url)
    web = urllib3.PoolManager()
    if os.environ.get("HTTPS_PROXY"):
        web = urllib3.ProxyManager(os.environ["HTTPS_PROXY"], ca_certs=os.environ.get("SSL_CERT_FILE"))
    keys = {"access_key": os.environ["E2E_AWS_ID"], "secret_key": os.environ["E2E_AWS_KEY"]}
    client = minio.Minio(
        endpoint=place.netloc, secure=place.scheme == "https", http_client=web, region="us-east-1", **keys
    )
    client.make_bucket(bucket_name="reels")
    results = [client.bucket_exists(bucket_name="reels"), client.bucket_exists(bucket_name="nowhere")]
    for n in range(3):
        body = f"reel {n}".encode()
        made = client.put_object(
            bucket_name="reels", object_name=f"r{n} ü.txt", data=io.BytesIO(body), length=len(body)
        )
        results.append([made.object_name, made.etag])
    large = b"0123456789abcde\n" * (7 * 65536)
    made = client.put_object(
        bucket_name="reels", object_name="large", data=io.BytesIO(large), length=-1, part_size=5 * 1024 * 1024
    )
    results.append(made.etag)
    got = client.get_object(bucket_name="reels", object_name="large")
    results.append(got.read() == large)
    results.append([[item.object_name, item.size] for item in client.list_objects(bucket_name="reels")])
    client.remove_object(bucket_name="reels", object_name="r0 ü.txt")
    try:
        client.stat_object(bucket_name="reels", object_name="r0 ü.txt")
    except minio.S3Error as error:
        results.append(error.code)
    return results


if __name__ == "__main__":
    print(json.dumps(run(sys.argv[1]), ensure_ascii=False))
