import type { Call } from "../../../../local/gateway/call";
import { dynamoDbWrites } from "../../../../local/gateway/services/dynamodb-writes";
import { bodyOf, call, failing, json, motoThat } from "../wire";

const write = (operation: string, input: object = {}): Call =>
  call(json("dynamodb", operation, input, "1.0"));
const transaction = (ClientRequestToken: string, pk = "a") =>
  write("TransactWriteItems", { ClientRequestToken, TransactItems: [{ Delete: { Key: { pk } } }] });

describe("writes to DynamoDB", () => {
  it("are carried out one after the other, a failed one included; reads do not wait", async () => {
    const patch = dynamoDbWrites();
    const events: string[] = [];
    let release = () => undefined as void;
    const blocked = new Promise<void>((resolve) => (release = resolve));
    const forward = async ({ operation }: Call) => {
      events.push(`${operation} began`);
      if (operation === "TransactWriteItems") {
        await blocked;
        throw new Error("socket hang up");
      }
      return { status: 200, headers: {}, body: Buffer.from("{}") };
    };
    const first = patch(transaction("1"), forward);
    const second = patch(write("PutItem"), forward);
    await new Promise(setImmediate);
    await patch(write("GetItem"), forward);
    expect(events).toEqual(["TransactWriteItems began", "GetItem began"]);
    release();
    await expect(first).rejects.toThrow("socket hang up");
    await second;
    expect(events).toEqual(["TransactWriteItems began", "GetItem began", "PutItem began"]);
  });

  it("in a transaction with a token are carried out once, also when they are sent again before the answer", async () => {
    const patch = dynamoDbWrites();
    let count = 0;
    const { forward, asked } = motoThat(() => ({ count: ++count }));
    const [first, again] = await Promise.all([
      patch(transaction("1"), forward),
      patch(transaction("1"), forward),
    ]);
    expect(bodyOf(again)).toEqual({ count: 1 });
    expect(again).toBe(first);
    await patch(transaction("2"), forward);
    await patch({ ...transaction("1"), accountId: "210987654321" }, forward);
    await patch({ ...transaction("1"), region: "eu-west-1" }, forward);
    await patch(write("TransactWriteItems"), forward);
    await patch(write("TransactWriteItems"), forward);
    expect(asked).toHaveLength(6);
  });

  it("with the token of other writes are refused", async () => {
    const patch = dynamoDbWrites();
    const { forward, asked } = motoThat(() => ({}));
    await patch(transaction("1", "a"), forward);
    const { status, body } = await patch(transaction("1", "b"), forward);
    expect([status, JSON.parse(body.toString())]).toEqual([
      400,
      {
        __type: "IdempotentParameterMismatchException",
        message: "The request uses the same client token as a previous, but non-identical request.",
      },
    ]);
    expect(asked).toHaveLength(1);
  });

  it("are carried out again after a refusal, and ten minutes later", async () => {
    let now = 0;
    const patch = dynamoDbWrites(() => now);
    const { forward, asked } = motoThat(() => ({}));
    expect((await patch(transaction("1"), failing)).status).toBe(400);
    await patch(transaction("1"), forward);
    now = 10 * 60_000 - 1;
    await patch(transaction("1"), forward);
    expect(asked).toHaveLength(1);
    now = 10 * 60_000;
    await patch(transaction("1"), forward);
    expect(asked).toHaveLength(2);
  });

  describe("of a transaction that nothing can refuse are calls of their own, because moto copies the table for each action", () => {
    const put = (pk: string) => ({ Put: { TableName: "t", Item: { pk: { S: pk } } } });
    const remove = { Delete: { TableName: "t", Key: { pk: { S: "old" } } } };
    const check = {
      ConditionCheck: { TableName: "t", Key: { pk: { S: "m" } }, ConditionExpression: "a = b" },
    };
    const guarded = { Put: { ...put("g").Put, ConditionExpression: "attribute_not_exists(pk)" } };
    const shown = ({ operation, body }: Call) => [operation, JSON.parse(body.toString())];
    const sent = async (TransactItems: object[], forward = motoThat(() => ({ Attributes: {} }))) => {
      const answer = await dynamoDbWrites()(write("TransactWriteItems", { TransactItems }), forward.forward);
      return { answer: bodyOf(answer), asked: forward.asked.map(shown) };
    };

    it("the conditional ones first", async () =>
      expect(await sent([put("a"), check, remove, guarded])).toEqual({
        answer: {},
        asked: [
          ["TransactWriteItems", { TransactItems: [check, guarded] }],
          ["PutItem", put("a").Put],
          ["DeleteItem", remove.Delete],
        ],
      }));

    it("none of them after a refusal, whose reasons are those of the whole transaction", async () => {
      const asked: unknown[] = [];
      const call = write("TransactWriteItems", { TransactItems: [put("a"), check, remove] });
      const { status } = await dynamoDbWrites()(call, (one) => {
        asked.push(shown(one));
        return failing(one);
      });
      expect(status).toBe(400);
      expect(asked).toEqual([
        ["TransactWriteItems", { TransactItems: [check] }],
        ["TransactWriteItems", { TransactItems: [put("a"), check, remove] }],
      ]);
    });

    it("no transaction at all without a condition; a single one, and more than AWS takes, as they are", async () => {
      const operations = async (items: object[]) => (await sent(items)).asked.map(([operation]) => operation);
      expect(await operations([put("a"), put("b")])).toEqual(["PutItem", "PutItem"]);
      expect(await operations([put("a")])).toEqual(["TransactWriteItems"]);
      expect(await operations(Array(101).fill(put("a")))).toEqual(["TransactWriteItems"]);
    });
  });
});
