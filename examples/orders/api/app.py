"""Orders over HTTP: stores them in a table and asks the worker for a receipt."""

import json
import os
import time
import uuid

import boto3
from boto3.dynamodb.conditions import Key

TABLE = boto3.resource("dynamodb").Table(os.environ["ORDERS_TABLE"])
QUEUE = boto3.client("sqs")


def handler(event, _context):
    route = event["routeKey"]
    parameters = event.get("pathParameters") or {}
    if route == "POST /orders":
        return create(json.loads(event.get("body") or "{}"))
    if route == "GET /orders/{id}":
        item = TABLE.get_item(Key={"orderId": parameters["id"]}, ConsistentRead=True).get("Item")
        return answer(200, item) if item else answer(404, {"message": "no such order"})
    items = TABLE.query(
        IndexName="byCustomer", KeyConditionExpression=Key("customer").eq(parameters["id"])
    )["Items"]
    return answer(200, items)


def create(order):
    if not order.get("customer"):
        return answer(400, {"message": "customer is missing"})
    item = {
        "orderId": str(uuid.uuid4()),
        "customer": order["customer"],
        "expiresAt": int(time.time()) + 3600,
    }
    TABLE.put_item(Item=item)
    QUEUE.send_message(QueueUrl=os.environ["JOBS_QUEUE_URL"], MessageBody=json.dumps({"orderId": item["orderId"]}))
    return answer(201, item)


def answer(status, body):
    return {
        "statusCode": status,
        "headers": {"content-type": "application/json"},
        "body": json.dumps(body, default=int),
    }
