"""The unmodified Google Cloud Storage SDK against gcp-storage-emulator: multipart and resumable uploads, pages, refusals."""

import io
import json
import os
import sys

from google.api_core.exceptions import NotFound
from google.auth.credentials import AnonymousCredentials
from google.cloud import storage


def resumed(bucket):
    """A resumable upload in four pieces; the whole and a range of it read back."""
    content = bytes(range(256)) * 4096
    blob = bucket.blob("large", chunk_size=256 * 1024)
    blob.upload_from_file(io.BytesIO(content), size=len(content))
    back = bucket.blob("large")
    return [
        [blob.size, blob.md5_hash],
        back.download_as_bytes() == content,
        back.download_as_bytes(start=10, end=19).hex(),
    ]


def run(url):
    """Everything that the program sees."""
    client = storage.Client(project="tapes", credentials=AnonymousCredentials(), client_options={"api_endpoint": url})
    client._http.verify = os.environ.get("SSL_CERT_FILE") or True
    bucket = client.create_bucket("tapes")
    results = [bucket.name]
    for n in range(4):
        bucket.blob(f"notes/{n} é.txt").upload_from_string(f"note {n}", content_type="text/plain")
    if not os.environ.get("E2E_SMALL"):
        results += resumed(bucket)
    results.append(sorted(blob.name for blob in client.list_blobs("tapes", prefix="notes/")))
    copied = bucket.copy_blob(bucket.blob("notes/0 é.txt"), bucket, "copy")
    results.append([copied.name, bucket.blob("copy").download_as_text()])
    bucket.blob("notes/1 é.txt").delete()
    results.append(bucket.blob("notes/1 é.txt").exists())
    try:
        bucket.blob("nothing").download_as_bytes()
    except NotFound as error:
        results.append(error.code)
    return results


if __name__ == "__main__":
    print(json.dumps(run(sys.argv[1]), ensure_ascii=False))
