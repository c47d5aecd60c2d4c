"""Integration tests of the orders API. Run by `automock test-env run orders`, which sets the variables."""

import json
import os
import time
import unittest
import urllib.error
import urllib.request

import boto3

URL = os.environ["HTTP_URL"]
TABLE = boto3.resource("dynamodb").Table(os.environ["ORDERS_TABLE"])


def call(method, path, body=None):
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(URL + path, data=data, method=method)
    try:
        with urllib.request.urlopen(request, timeout=30) as response:
            return response.status, json.load(response)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


class Orders(unittest.TestCase):
    def test_an_order_is_stored(self):
        status, order = call("POST", "/orders", {"customer": "ada"})
        self.assertEqual(status, 201)
        item = TABLE.get_item(Key={"orderId": order["orderId"]}, ConsistentRead=True)["Item"]
        self.assertEqual(item["customer"], "ada")

    def test_an_order_can_be_read(self):
        _, order = call("POST", "/orders", {"customer": "grace"})
        self.assertEqual(call("GET", f"/orders/{order['orderId']}"), (200, order))

    def test_a_customer_sees_only_their_orders(self):
        call("POST", "/orders", {"customer": "linus"})
        _, orders = call("GET", "/customers/linus/orders")
        self.assertEqual([order["customer"] for order in orders], ["linus"])

    def test_an_order_without_a_customer_is_refused(self):
        self.assertEqual(call("POST", "/orders", {}), (400, {"message": "customer is missing"}))

    def test_an_unknown_order_is_not_found(self):
        self.assertEqual(call("GET", "/orders/unknown")[0], 404)

    def test_the_worker_writes_a_receipt(self):
        _, order = call("POST", "/orders", {"customer": "barbara"})
        s3 = boto3.client("s3")
        key = f"{order['orderId']}.txt"
        for _ in range(60):
            found = s3.list_objects_v2(Bucket=os.environ["RECEIPTS_BUCKET"], Prefix=key)
            if found["KeyCount"] == 1:
                return
            time.sleep(0.5)
        self.fail("no receipt after 30 s")
