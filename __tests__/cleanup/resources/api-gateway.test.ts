import { ratesOf } from "../../../cleanup/aws/rates";
import { env, found, handlerOf, TAGS } from "../../support/handlers";

test.each([
  [
    "apigateway:http-api",
    "apis",
    {
      GetApis: () => ({
        Items: [
          { ApiId: "own", Name: "automock-pr-1-http", Tags: TAGS },
          { ApiId: "other", Name: "shop" },
        ],
      }),
    },
  ],
  [
    "apigateway:rest-api",
    "restapis",
    {
      GetRestApis: () => ({
        items: [
          { id: "own", name: "automock-pr-1-rest", tags: TAGS },
          { id: "other", name: "shop" },
        ],
      }),
    },
  ],
])("%s: the listing itself has the tags", async (type, kind, answers) => {
  const { list } = handlerOf(type, answers);
  expect(await list(env())).toEqual([
    expect.objectContaining({
      type,
      id: "own",
      arn: `arn:aws:apigateway:us-east-1::/${kind}/own`,
      tags: TAGS,
    }),
  ]);
});

test("an API of another name is found by the tag index, for the name may be cut", async () => {
  const { list } = handlerOf("apigateway:http-api", {
    GetApis: () => ({ Items: [{ ApiId: "a1", Name: "other", Tags: TAGS }] }),
  });
  const hints = { "apigateway:http-api": ["arn:aws:apigateway:us-east-1::/apis/a1"] };
  expect(await list(env(hints))).toMatchObject([{ id: "a1" }]);
  expect(await list(env())).toEqual([]);
});

test("REST APIs are deleted one every 30 seconds, HTTP APIs at the service's rate", () => {
  expect(ratesOf("apiGateway", "DeleteRestApi")[0]).toEqual({
    key: "apiGateway 0",
    atOnce: 1,
    perSecond: 1 / 30,
  });
  expect(ratesOf("apiGateway", "GetRestApis")[0]!.key).toBe("apiGateway 1");
});

test("a mapping is found by its function's name and is on its way out after the call", async () => {
  const type = "lambda:event-source-mapping";
  const functionArn = "arn:aws:lambda:us-east-1:111122223333:function:automock-pr-1-api:live";
  const { handler, list } = handlerOf(type, {
    ListEventSourceMappings: () => ({
      EventSourceMappings: [
        { UUID: "u1", FunctionArn: functionArn, EventSourceMappingArn: "arn:u1", State: "Deleting" },
        { UUID: "u2", FunctionArn: "arn:aws:lambda:us-east-1:111122223333:function:shop" },
      ],
    }),
    ListTags: () => ({ Tags: TAGS }),
    GetEventSourceMapping: () => ({ State: "Deleting" }),
    DeleteEventSourceMapping: () => ({}),
  });
  expect(await list(env())).toEqual([
    { type, id: "u1", arn: "arn:u1", name: "automock-pr-1-api", presence: "deleting", tags: TAGS },
  ]);
  expect(await handler.remove(found(type, "u1"))).toEqual({ kind: "accepted" });
  expect(await handler.look(found(type, "u1"))).toBe("deleting");
});
