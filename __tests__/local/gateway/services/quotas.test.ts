import type { Call } from "../../../../local/gateway/call";
import { Quotas } from "../../../../local/gateway/quotas";
import { QUOTA_SERVICES, withQuotas } from "../../../../local/gateway/services/quotas";
import { call, failing, form, json, motoThat, request, textOf } from "../wire";

/** Services with their quotas, at a time that only the test moves. */
function stage() {
  const time = { now: 1_000_000 };
  const quotas = new Quotas(() => time.now);
  const patches = new Map(
    QUOTA_SERVICES.map((service) => [service, withQuotas(quotas, (one, on) => on(one))]),
  );
  const send = async (one: Call, answer: unknown = {}) => {
    const { status, headers, body } = await patches.get(one.service as (typeof QUOTA_SERVICES)[number])!(
      one,
      motoThat(() => answer).forward,
    );
    return { status, code: headers["x-amzn-errortype"], headers, text: textOf({ status, headers, body }) };
  };
  return { time, quotas, patches, send };
}

const elsewhere = (one: Call, place: Partial<Call>): Call => ({ ...one, ...place });
const rest = (method: string, path: string) => call(request("apigateway", { method, path }));
const bucket = (method: string, name: string) => call(request("s3", { method, path: `/${name}` }));
const iam = (Action: string, RoleName: string) => call(form("iam", { Action, RoleName }));
const table = (operation: string, TableName: string) => call(json("dynamodb", operation, { TableName }));
const rule = (operation: string, Name: string) => call(json("events", operation, { Name }));
const queue = (operation: string, input: object) => call(json("sqs", operation, input, "1.0"));

describe("too many", () => {
  it.each<
    [string, Parameters<Quotas["set"]>[0], (name: string) => Call, (name: string) => Call, number, string]
  >([
    [
      "tables",
      "tables",
      (name) => table("CreateTable", name),
      (name) => table("DeleteTable", name),
      400,
      '{"__type":"LimitExceededException","message":"Subscriber limit exceeded: There is a limit of 2 tables per subscriber"}',
    ],
    [
      "roles",
      "roles",
      (name) => iam("CreateRole", name),
      (name) => iam("DeleteRole", name),
      409,
      "<Code>LimitExceeded</Code><Message>Cannot exceed quota for RolesPerAccount: 2</Message>",
    ],
    [
      "buckets",
      "buckets",
      (name) => bucket("PUT", name),
      (name) => bucket("DELETE", name),
      400,
      "<Code>TooManyBuckets</Code><Message>You have attempted to create more buckets than allowed</Message>",
    ],
    [
      "rules",
      "rules",
      (name) => rule("PutRule", name),
      (name) => rule("DeleteRule", name),
      400,
      '{"__type":"LimitExceededException","message":"The requested resource exceeds the maximum number allowed."}',
    ],
  ])("%s: refused as AWS does, until one is deleted", async (_, quota, create, remove, status, text) => {
    const { quotas, send } = stage();
    quotas.set(quota, 2);
    for (const name of ["a", "b"]) expect((await send(create(name))).status).toBe(200);
    const refused = await send(create("c"));
    expect([refused.status, refused.text]).toEqual([status, expect.stringContaining(text)]);
    expect((await send(elsewhere(create("c"), { accountId: "222222222222" }))).status).toBe(200);
    await send(remove("a"));
    expect((await send(create("c"))).status).toBe(200);
    quotas.clear();
    expect((await send(create("d"))).status).toBe(200);
  });

  it("what could not be created does not count, and what exists may be put again", async () => {
    const { quotas, patches, send } = stage();
    quotas.set("rules", 1);
    await patches.get("events")!(rule("PutRule", "a"), failing);
    expect((await send(rule("PutRule", "b"))).status).toBe(200);
    expect((await send(rule("PutRule", "b"))).status).toBe(200);
    expect((await send(rule("PutRule", "a"))).status).toBe(400);
  });

  it("buckets and roles count in all regions together, tables in each", async () => {
    const { quotas, send } = stage();
    for (const quota of ["tables", "roles", "buckets"] as const) quotas.set(quota, 1);
    const there = { region: "eu-west-1" };
    await Promise.all([
      send(table("CreateTable", "a")),
      send(iam("CreateRole", "a")),
      send(bucket("PUT", "a")),
    ]);
    expect((await send(elsewhere(table("CreateTable", "b"), there))).status).toBe(200);
    expect((await send(elsewhere(iam("CreateRole", "b"), there))).status).toBe(409);
    expect((await send(elsewhere(bucket("PUT", "b"), there))).status).toBe(400);
  });

  it("REST APIs of an account, by the ids that AWS gives", async () => {
    const { quotas, send, time } = stage();
    quotas.set("restApis", 1);
    const create = async (id: string) => {
      time.now += 3_000;
      return send(rest("POST", "/restapis"), { id });
    };
    expect((await create("a1")).status).toBe(200);
    expect(await create("b2")).toMatchObject({
      status: 429,
      code: "LimitExceededException",
      text: '{"message":"Maximum number of APIs for this account has been reached. Please contact AWS if you need additional APIs."}',
    });
    await send(rest("DELETE", "/restapis/a1"));
    expect((await create("b2")).status).toBe(200);
  });

  it.each<[string, Parameters<Quotas["set"]>[0], string, string]>([
    ["Routes", "routesPerApi", "routes", "routeId"],
    ["Integrations", "integrationsPerApi", "integrations", "integrationId"],
    ["Stages", "stagesPerApi", "stages", "stageName"],
  ])("%s of an HTTP API, of each for itself", async (things, quota, path, id) => {
    const { quotas, send } = stage();
    quotas.set(quota, 1);
    const create = (api: string, name: string) =>
      send(rest("POST", `/v2/apis/${api}/${path}`), { [id]: name });
    expect((await create("a", "$default")).status).toBe(200);
    expect((await create("b", "$default")).status).toBe(200);
    expect(await create("a", "two")).toMatchObject({
      status: 429,
      code: "TooManyRequestsException",
      text: `{"message":"Maximum number of ${things} for this API has been reached. Please contact AWS if you need additional ${things}."}`,
    });
    await send(rest("DELETE", `/v2/apis/a/${path}/%24default`));
    expect((await create("a", "two")).status).toBe(200);
  });
});

describe("too often", () => {
  it.each<[string, Call, number]>([
    ["CreateRestApi", rest("POST", "/restapis"), 3_000],
    ["CreateDeployment", rest("POST", "/restapis/a/deployments"), 5_000],
    ["PutRestApi", rest("PUT", "/restapis/a"), 1_000],
    ["DeleteRestApi", rest("DELETE", "/restapis/a"), 30_000],
  ])("%s: one call, then none for a while", async (_, one, everyMs) => {
    const { time, send } = stage();
    expect((await send(one)).status).toBe(200);
    time.now += everyMs - 1;
    expect(await send(one)).toMatchObject({
      status: 429,
      code: "TooManyRequestsException",
      text: '{"message":"Too Many Requests"}',
    });
    time.now += 1;
    expect((await send(one)).status).toBe(200);
  });

  it("API Gateway in total: 40 calls at once, then 10 per second in each account and region", async () => {
    const { time, send, quotas } = stage();
    const calls = async (count: number, place: Partial<Call> = {}) => {
      const all = await Promise.all(
        Array.from({ length: count }, () => send(elsewhere(rest("GET", "/v2/apis"), place))),
      );
      return all.filter(({ status }) => status === 200).length;
    };
    expect(await calls(50)).toBe(40);
    expect(await calls(50, { region: "eu-west-1" })).toBe(40);
    time.now += 1_000;
    expect(await calls(50)).toBe(10);
    quotas.set("apiGatewayCalls", 0);
    expect(await calls(50)).toBe(50);
  });

  it("tags of queues: 30 calls per second", async () => {
    const { time, send } = stage();
    const list = () => send(queue("ListQueueTags", { QueueUrl: "https://sqs/1/jobs" }));
    for (let i = 0; i < 30; i++) expect((await list()).status).toBe(200);
    expect(await list()).toMatchObject({ status: 400, code: "RequestThrottled" });
    time.now += 34;
    expect((await list()).status).toBe(200);
  });

  it("the name of a deleted queue is free after 60 s", async () => {
    const { time, send } = stage();
    const create = () => send(queue("CreateQueue", { QueueName: "jobs" }));
    expect((await create()).status).toBe(200);
    await send(queue("DeleteQueue", { QueueUrl: "https://sqs/123456789012/jobs" }));
    time.now += 59_999;
    const refused = await create();
    expect([refused.status, refused.headers["x-amzn-query-error"], refused.text]).toEqual([
      400,
      "AWS.SimpleQueueService.QueueDeletedRecently;Sender",
      '{"__type":"QueueDeletedRecently","message":"You must wait 60 seconds after deleting a queue before you can create another with the same name."}',
    ]);
    expect((await send(queue("CreateQueue", { QueueName: "others" }))).status).toBe(200);
    time.now += 1;
    expect((await create()).status).toBe(200);
  });

  it("a queue is purged once in 60 s", async () => {
    const { time, send } = stage();
    const purge = () => send(queue("PurgeQueue", { QueueUrl: "https://sqs/123456789012/jobs" }));
    expect((await purge()).status).toBe(200);
    expect(await purge()).toMatchObject({
      status: 403,
      code: "PurgeQueueInProgress",
      text: '{"__type":"PurgeQueueInProgress","message":"Only one PurgeQueue operation on jobs is allowed every 60 seconds."}',
    });
    time.now += 60_000;
    expect((await purge()).status).toBe(200);
  });
});

it("calls in the protocol of queries pass", async () => {
  const { send } = stage();
  expect((await send(call(form("sqs", { Action: "CreateQueue", QueueName: "a" })))).status).toBe(200);
});
