"""The unmodified AWS SDK against moto's server: S3 with a multipart upload, SQS, DynamoDB, IAM and STS."""

import base64
import io
import json
import os
import sys
import urllib.request

import boto3
from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import ClientError

KEYS = {"aws_access_key_id": os.environ["E2E_AWS_ID"], "aws_secret_access_key": os.environ["E2E_AWS_KEY"]}
PIECE_BYTES = 5 * 1024 * 1024


def client(service, url, keys=KEYS):
    """One SDK client, pointed at ``url``."""
    quiet = Config(retries={"max_attempts": 1}, region_name="eu-central-1")
    return boto3.client(service, endpoint_url=url, config=quiet, **keys)


def plain(answer):
    """An answer without what only the transport cares about."""
    return {key: value for key, value in answer.items() if key not in {"ResponseMetadata", "Body"}} | {
        "status": answer["ResponseMetadata"]["HTTPStatusCode"]
    }


def refused(call, **arguments):
    """The error code that a call ends in."""
    try:
        call(**arguments)
    except ClientError as error:
        return [error.response["Error"]["Code"], error.response["ResponseMetadata"]["HTTPStatusCode"]]
    return "not refused"


def objects(url):
    """S3: small and large objects, binary, ranges, paging, copies, presigned links, deletion."""
    s3 = client("s3", url)
    results = [
        plain(s3.create_bucket(Bucket="tapes", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"}))
    ]
    results += [plain(s3.put_object(Bucket="tapes", Key=f"notes/{n} ü&.txt", Body=f"note {n}")) for n in range(5)]
    binary = bytes(range(256)) * 16
    results.append(plain(s3.put_object(Bucket="tapes", Key="bin", Body=binary, Metadata={"who": "us"})))
    if not os.environ.get("E2E_SMALL"):
        results += in_pieces(s3)
    got = s3.get_object(Bucket="tapes", Key="bin")
    results += [got["Body"].read() == binary, plain(got)]
    s3.put_object(Bucket="tapes", Key="note.json", Body=b'{"text": "hiss"}', ContentType="application/json")
    results.append(plain(s3.get_object(Bucket="tapes", Key="note.json")))
    results.append(s3.get_object(Bucket="tapes", Key="bin", Range="bytes=10-19")["Body"].read().hex())
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket="tapes", PaginationConfig={"PageSize": 2})
    results.append([[item["Key"] for item in page["Contents"]] for page in pages])
    results.append(plain(s3.copy_object(Bucket="tapes", Key="copy", CopySource={"Bucket": "tapes", "Key": "bin"})))
    results.append(plain(s3.delete_objects(Bucket="tapes", Delete={"Objects": [{"Key": "copy"}, {"Key": "bin"}]})))
    results.append(refused(s3.head_object, Bucket="tapes", Key="bin"))
    results.append(refused(s3.get_object, Bucket="nowhere", Key="bin"))
    link = s3.generate_presigned_url("get_object", Params={"Bucket": "tapes", "Key": "notes/1 ü&.txt"})
    with urllib.request.urlopen(link, timeout=20) as answer:
        results.append(answer.read().decode())
    return results


def in_pieces(s3):
    """S3: a multipart upload, and a download in ranges, each on two threads."""
    content = b"0123456789abcde\n" * (9 * 65536)
    s3.upload_fileobj(io.BytesIO(content), "tapes", "large", Config=TransferConfig(PIECE_BYTES, 2, PIECE_BYTES))
    told = plain(s3.head_object(Bucket="tapes", Key="large"))
    back = io.BytesIO()
    s3.download_fileobj("tapes", "large", back, Config=TransferConfig(PIECE_BYTES, 2, PIECE_BYTES))
    return [told, [len(back.getvalue()), back.getvalue() == content]]


def queue(url):
    """SQS: send, receive, delete, empty."""
    sqs = client("sqs", url)
    made = sqs.create_queue(QueueName="jobs")
    address = made["QueueUrl"]
    results = [plain(made)]
    results += [plain(sqs.send_message(QueueUrl=address, MessageBody=f"job {n} \u2028é")) for n in range(3)]
    for _ in range(3):
        for message in sqs.receive_message(QueueUrl=address).get("Messages", []):
            results.append([message["Body"], message["MessageId"], len(message["ReceiptHandle"])])
            results.append(plain(sqs.delete_message(QueueUrl=address, ReceiptHandle=message["ReceiptHandle"])))
    results.append(plain(sqs.receive_message(QueueUrl=address)))
    results.append(refused(sqs.get_queue_url, QueueName="nowhere"))
    return results


def table(url):
    """DynamoDB: a table, items, a transaction (whose token the SDK invents), a query in pages, a failed condition."""
    db = client("dynamodb", url)
    db.create_table(
        TableName="plays",
        KeySchema=[{"AttributeName": "tape", "KeyType": "HASH"}, {"AttributeName": "at", "KeyType": "RANGE"}],
        AttributeDefinitions=[
            {"AttributeName": "tape", "AttributeType": "S"},
            {"AttributeName": "at", "AttributeType": "N"},
        ],
        BillingMode="PAY_PER_REQUEST",
    )
    db.get_waiter("table_exists").wait(TableName="plays")
    results = []
    for at in range(4):
        item = {"tape": {"S": "one"}, "at": {"N": str(at)}, "raw": {"B": bytes([at]) * 40}}
        results.append(plain(db.put_item(TableName="plays", Item=item)))
    write = {"Put": {"TableName": "plays", "Item": {"tape": {"S": "two"}, "at": {"N": "1"}}}}
    results.append(plain(db.transact_write_items(TransactItems=[write])))
    asked = {
        "TableName": "plays",
        "KeyConditionExpression": "tape = :t",
        "ExpressionAttributeValues": {":t": {"S": "one"}},
    }
    pages = db.get_paginator("query").paginate(**asked, PaginationConfig={"PageSize": 3})
    results += [[[i["at"]["N"], base64.b64encode(i["raw"]["B"]).decode()] for i in page["Items"]] for page in pages]
    again = {"TableName": "plays", "Item": {"tape": {"S": "two"}, "at": {"N": "1"}}}
    results.append(refused(db.put_item, **again, ConditionExpression="attribute_not_exists(tape)"))
    return results


def identity(url):
    """IAM and STS: a user, an access key, a role taken on, and who one is then."""
    iam, sts = client("iam", url), client("sts", url)
    results = [iam.create_user(UserName="ada")["User"]["Arn"]]
    key = iam.create_access_key(UserName="ada")["AccessKey"]
    results.append([key["Status"], len(key["AccessKeyId"]), len(key["SecretAccessKey"])])
    role = iam.create_role(RoleName="reader", AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17"}))
    results.append(role["Role"]["Arn"])
    taken = sts.assume_role(RoleArn=role["Role"]["Arn"], RoleSessionName="e2e")["Credentials"]
    results.append([len(taken["AccessKeyId"]), len(taken["SecretAccessKey"]), len(taken["SessionToken"])])
    guest = {"aws_access_key_id": taken["AccessKeyId"], "aws_secret_access_key": taken["SecretAccessKey"]}
    asked = client("sts", url, guest | {"aws_session_token": taken["SessionToken"]}).get_caller_identity()
    results.append([asked["Account"], asked["Arn"]])
    results.append(refused(iam.get_user, UserName="nobody"))
    return results


PARTS = {"objects": objects, "queue": queue, "table": table, "identity": identity}


def run(url, *parts):
    """Everything that the program sees, or some parts of it."""
    return [result for part in parts or PARTS for result in PARTS[part](url)]


if __name__ == "__main__":
    print(json.dumps(run(*sys.argv[1:]), default=str, ensure_ascii=False))
