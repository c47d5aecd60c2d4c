import type { EnvScope } from "../../../../cleanup/engine/resource";
import { reaperNames } from "../../../../contract/reaper";
import { triggersOf } from "../../../../lambda/ttl-cleanup/aws/events";
import { notifier } from "../../../../lambda/ttl-cleanup/aws/notifier";
import { atExpression, instantOf, schedules } from "../../../../lambda/ttl-cleanup/aws/schedules";
import { refusing, sessions, sessionTags } from "../../../../lambda/ttl-cleanup/aws/sessions";
import { toItem } from "../../../../registry/item";
import { awsError, fakeClients, type Answers } from "../../../support/fake-clients";
import { found } from "../../../support/handlers";

const reaper = reaperNames("111122223333", "us-east-1");
const NOW = Date.parse("2026-01-31T09:00:00Z");

const scope = (ownedVpcIds: readonly string[]): EnvScope => ({
  environment: "pr-1",
  system: "automock",
  accountId: "111122223333",
  region: "us-east-1",
  ownedVpcIds,
  hints: new Map(),
});

describe("events", () => {
  const image = (expiresAt: string, isProtected = false, phase = "ACTIVE") => ({
    expiresAt: { S: expiresAt },
    protected: { BOOL: isProtected },
    phase: { S: phase },
  });
  const change = (eventName: string, environment: string, before?: object, after?: object, sk = "META") => ({
    eventName,
    dynamodb: { Keys: { pk: { S: `ENV#${environment}` }, sk: { S: sk } }, OldImage: before, NewImage: after },
  });

  test.each([
    [{ kind: "tick" }, { kind: "tick" }],
    [
      { kind: "warn", environment: "pr-1" },
      { kind: "schedule", name: "warn", environment: "pr-1" },
    ],
    [
      { kind: "rearm", environment: "pr-1" },
      { kind: "schedule", name: "rearm", environment: "pr-1" },
    ],
    [
      { action: "plan", environment: "pr-1" },
      { kind: "manual", action: "plan", environment: "pr-1", dryRun: undefined, override: undefined },
    ],
    [
      { action: "reap", environment: "pr-1", dryRun: false, override: ["minimum-age"] },
      { kind: "manual", action: "reap", environment: "pr-1", dryRun: false, override: ["minimum-age"] },
    ],
  ])("%j", (event, trigger) => expect(triggersOf(event)).toEqual([trigger]));

  test("the stream wakes for new records, extensions and protection, each environment once", () => {
    const Records = [
      change("INSERT", "a", undefined, image("1")),
      change("MODIFY", "a", image("1"), image("2")),
      change("MODIFY", "b", image("1"), image("1", true)),
    ];
    expect(triggersOf({ Records })).toEqual([
      { kind: "stream", environment: "a" },
      { kind: "stream", environment: "b" },
    ]);
  });

  test.each<[string, object | undefined, object, boolean]>([
    ["inserted with a warning", undefined, { token: 3, warnedAt: "x" }, true],
    ["with a lower token and a warning", { token: 9 }, { token: 3, warnFor: "x" }, true],
    ["created at another time, with a warning", { createdAt: "b" }, { createdAt: "a", warnedAt: "x" }, true],
    ["inserted without a warning", undefined, { token: 0 }, false],
    ["with a lower token, without a warning", { token: 9, protected: true }, { token: 3 }, false],
    [
      "changed by people, with the warning of its life",
      { token: 3 },
      { token: 3, owner: "b", warnFor: "x" },
      false,
    ],
  ])("a record that someone put back: %s", (_title, before, after, putBack) => {
    const Records = [change(before ? "MODIFY" : "INSERT", "a", before && toItem(before), toItem(after))];
    expect(triggersOf({ Records })).toEqual([
      { kind: "stream", environment: "a", ...(putBack && { putBack: true }) },
    ]);
  });

  test("what the reaper writes itself does not wake it", () => {
    const Records = [
      change("MODIFY", "a", image("1"), image("1", false, "DELETING")),
      change("REMOVE", "a", image("1")),
      change("INSERT", "a", undefined, image("1"), "AUDIT#x"),
    ];
    expect(triggersOf({ Records })).toEqual([]);
  });

  test.each([
    [null, "the event is not an object"],
    [{}, '"environment" is missing'],
    [{ action: "reap", environment: "pr-1*" }, '"environment" is "pr-1*"'],
    [{ action: "delete", environment: "pr-1" }, "the event is unknown"],
    [{ kind: "other", environment: "pr-1" }, "the event is unknown"],
    [
      { action: "reap", environment: "pr-1", dryRun: "false" },
      '"dryRun" is "false"; it must be true or false',
    ],
    [{ action: "reap", environment: "pr-1", override: "age" }, '"override" must be a list of gates'],
    // Taken for a schedule's event, these would delete.
    [{ kind: "expire", environment: "pr-1", dryRun: true }, '"kind" is for schedules and takes no "action"'],
    [{ kind: "tick", action: "plan", environment: "pr-1" }, '"kind" is for schedules'],
  ])("v2-lost-retry: %j is an error", (event, message) => expect(() => triggersOf(event)).toThrow(message));
});

describe("schedules", () => {
  const setUp = (answers: Answers) => {
    const clients = fakeClients(answers);
    return { clients, port: schedules(clients, reaper, () => NOW) };
  };

  test("an instant goes to the second and back", () => {
    const at = Date.parse("2026-01-31T10:00:01Z");
    expect(atExpression(at - 400)).toBe("at(2026-01-31T10:00:01)");
    expect(instantOf(atExpression(at))).toBe(at);
    expect(instantOf("rate(1 hour)")).toBeUndefined();
  });

  test("one-time, spread over a minute, deletes itself, invokes the reaper with the schedule's name", async () => {
    const { clients, port } = setUp({ CreateSchedule: () => ({}) });
    await port.put("pr-1", "expire", NOW + 3_600_000);
    expect(clients.calls).toEqual([
      [
        "CreateSchedule",
        {
          GroupName: "automock-bootstrap-us-east-1-environments",
          Name: "pr-1.expire",
          ScheduleExpression: "at(2026-01-31T10:00:00)",
          ScheduleExpressionTimezone: "UTC",
          FlexibleTimeWindow: { Mode: "FLEXIBLE", MaximumWindowInMinutes: 1 },
          ActionAfterCompletion: "DELETE",
          State: "ENABLED",
          Target: {
            Arn: reaper.functionArn,
            RoleArn: reaper.schedulerRoleArn,
            Input: '{"kind":"expire","environment":"pr-1"}',
            DeadLetterConfig: { Arn: reaper.deadLetterQueueArn },
          },
        },
      ],
    ]);
  });

  test("a warning is not delayed", async () => {
    const { clients, port } = setUp({ CreateSchedule: () => ({}) });
    await port.put("pr-1", "warn", NOW + 3_600_000);
    expect(clients.calls[0]![1].FlexibleTimeWindow).toEqual({ Mode: "OFF" });
  });

  test("one that exists is moved", async () => {
    const { clients, port } = setUp({
      CreateSchedule: () => {
        throw awsError("ConflictException");
      },
      UpdateSchedule: () => ({}),
    });
    await port.put("pr-1", "rearm", NOW + 120_000);
    expect(clients.calls.at(-1)).toMatchObject([
      "UpdateSchedule",
      { Name: "pr-1.rearm", ScheduleExpression: "at(2026-01-31T09:02:00)" },
    ]);
  });

  test("an instant that has passed gets the next one that can be kept", async () => {
    const { clients, port } = setUp({ CreateSchedule: () => ({}) });
    await port.put("pr-1", "rearm", NOW - 5_000);
    expect(clients.calls[0]![1].ScheduleExpression).toBe("at(2026-01-31T09:01:00)");
  });

  test("read: the times of the schedules that exist", async () => {
    const { port } = setUp({
      GetSchedule: ({ Name }: { Name: string }) => {
        if (Name !== "pr-1.warn") throw awsError("ResourceNotFoundException");
        return { ScheduleExpression: "at(2026-01-31T10:00:00)", State: "ENABLED" };
      },
    });
    expect(await port.read("pr-1")).toEqual({ warn: NOW + 3_600_000 });
  });

  test("all are deleted by their exact names, including those that are gone", async () => {
    const { clients, port } = setUp({
      DeleteSchedule: ({ Name }: { Name: string }) => {
        if (Name === "pr-1.expire") throw awsError("ResourceNotFoundException");
        return {};
      },
    });
    await port.deleteAll("pr-1");
    expect(clients.calls.map(([command, input]) => [command, input.GroupName, input.Name])).toEqual([
      ["DeleteSchedule", reaper.scheduleGroupName, "pr-1.warn"],
      ["DeleteSchedule", reaper.scheduleGroupName, "pr-1.expire"],
      ["DeleteSchedule", reaper.scheduleGroupName, "pr-1.rearm"],
    ]);
  });

  test("one that may not be deleted is an error", async () => {
    const { port } = setUp({
      DeleteSchedule: () => {
        throw awsError("AccessDeniedException");
      },
    });
    await expect(port.deleteAll("pr-1")).rejects.toThrow("AccessDeniedException");
  });
});

describe("sessions", () => {
  const stateOf = () => ({ reset: async () => ({ kind: "absent" as const }) });

  test("star-role: a session is tagged with one environment, and with its VPC where that is its own", async () => {
    const read = fakeClients({
      AssumeRole: () => ({ Credentials: { AccessKeyId: "a", SecretAccessKey: "s", SessionToken: "t" } }),
    });
    const used: object[] = [];
    const port = sessions({
      read,
      reaper,
      region: "us-east-1",
      now: () => NOW,
      stateOf,
      clientsFor: (credentials) => {
        used.push(credentials);
        return read;
      },
    });
    await port.open(scope(["vpc-1"]), "clean");
    expect(read.calls).toEqual([
      [
        "AssumeRole",
        {
          RoleArn: reaper.cleanupRoleArn,
          RoleSessionName: "reaper-pr-1",
          DurationSeconds: 1200,
          Tags: [
            { Key: "automock:environment", Value: "pr-1" },
            { Key: "automock:system", Value: "automock" },
            { Key: "automock:vpc-id", Value: "vpc-1" },
          ],
        },
      ],
    ]);
    expect(used).toEqual([{ accessKeyId: "a", secretAccessKey: "s", sessionToken: "t" }]);
  });

  test("endpoints of several environments go in a session whose own policy allows nothing but these", async () => {
    const read = fakeClients({
      AssumeRole: () => ({ Credentials: { AccessKeyId: "a", SecretAccessKey: "s", SessionToken: "t" } }),
      DeleteVpcEndpoints: () => ({}),
    });
    const options = { read, reaper, region: "us-east-1", now: () => NOW, stateOf, clientsFor: () => read };
    const port = sessions(options);
    await Promise.all(
      ["pr-1", "pr-2"].map(async (environment) => {
        const session = await port.open({ ...scope([]), environment }, "clean");
        const endpoints = session.handlers.find(({ type }) => type === "ec2:vpc-endpoint")!;
        const tags = { "automock:environment": environment };
        await endpoints.remove(found("ec2:vpc-endpoint", `vpce-${environment}`, { tags }));
      }),
    );
    const asked = read.calls.map(
      ([command, input]) => [command, input as { Policy?: string; Tags?: object[] }] as const,
    );
    const [assumed] = asked.slice(2);
    expect(asked.map(([command]) => command)).toEqual([
      ...Array<string>(3).fill("AssumeRole"),
      "DeleteVpcEndpoints",
    ]);
    expect(JSON.parse(assumed![1].Policy!)).toEqual({
      Version: "2012-10-17",
      Statement: [
        {
          Effect: "Allow",
          Action: "ec2:DeleteVpcEndpoints",
          Resource: "*",
          Condition: { StringEquals: { "aws:ResourceTag/automock:environment": ["pr-1", "pr-2"] } },
        },
      ],
    });
    expect(assumed![1].Tags).toContainEqual({ Key: "automock:environment", Value: "@several" });
  });

  test.each([[[]], [["vpc-1", "vpc-2"]]])("no VPC tag for %j", (vpcs) =>
    expect(sessionTags(scope(vpcs))).toEqual([
      { Key: "automock:environment", Value: "pr-1" },
      { Key: "automock:system", Value: "automock" },
    ]),
  );

  test("another region is refused before anything is asked", async () => {
    const read = fakeClients({});
    const port = sessions({
      read,
      reaper,
      region: "eu-west-1",
      now: () => NOW,
      stateOf,
      clientsFor: () => read,
    });
    await expect(port.open(scope([]), "clean")).rejects.toThrow("pr-1 is in us-east-1, not eu-west-1");
    expect(read.calls).toEqual([]);
  });

  test("a session that only reads assumes no role and throws on every change", async () => {
    const read = fakeClients({});
    const port = sessions({
      read,
      reaper,
      region: "us-east-1",
      now: () => NOW,
      stateOf,
      clientsFor: () => read,
    });
    const { handlers } = await port.open(scope([]), "read");
    expect(read.calls).toEqual([]);
    for (const handler of handlers.filter(({ type }) => /^(sns:topic|ec2:vpc|iam:role)$/.test(type))) {
      expect(await handler.remove({ type: handler.type, id: "x", tags: {} })).toMatchObject({
        kind: "bug",
        error: expect.stringContaining("in a session that only reads") as string,
      });
    }
    expect(Object.keys(refusing({ sts: read.sts } as never))).toEqual(["sts"]);
  });
});

test("a notice carries kind, environment and owner, and a subject that SNS takes", async () => {
  const clients = fakeClients({ Publish: () => ({}) });
  const subject = `a\nb – ${"x".repeat(200)}`;
  await notifier(clients, "topic").publish({
    kind: "warning",
    environment: "pr-1",
    owner: "team-a",
    subject,
    text: "t",
  });
  const [, input] = clients.calls[0]!;
  expect(input).toEqual({
    TopicArn: "topic",
    Subject: `a b   ${"x".repeat(94)}`,
    Message: "t",
    MessageAttributes: {
      kind: { DataType: "String", StringValue: "warning" },
      environment: { DataType: "String", StringValue: "pr-1" },
      owner: { DataType: "String", StringValue: "team-a" },
    },
  });
});

describe("who listens", () => {
  const subscriptions: Readonly<Record<string, Readonly<Record<string, string>> | undefined>> = {
    "arn:all": { PendingConfirmation: "false" },
    "arn:ours": { FilterPolicy: '{"owner":["team-b","team-a"]}' },
    "arn:ours-and-kind": { FilterPolicy: '{"owner":["team-a"],"kind":["warning"]}' },
    "arn:theirs": { FilterPolicy: '{"owner":["team-b"]}' },
    "arn:completions": { FilterPolicy: '{"kind":["completion"]}' },
    "arn:prefix": { FilterPolicy: '{"owner":[{"prefix":"team"}]}' },
    "arn:broken": { FilterPolicy: "{" },
    "arn:body": { FilterPolicy: '{"owner":["team-a"]}', FilterPolicyScope: "MessageBody" },
    "arn:unconfirmed": { PendingConfirmation: "true" },
    "arn:gone": undefined,
  };
  const clients = (extra: readonly string[] = ["PendingConfirmation", "Deleted"]) =>
    fakeClients({
      ListSubscriptionsByTopic: ({ NextToken }) =>
        NextToken === undefined
          ? { Subscriptions: extra.map((SubscriptionArn) => ({ SubscriptionArn })), NextToken: "2" }
          : { Subscriptions: Object.keys(subscriptions).map((SubscriptionArn) => ({ SubscriptionArn })) },
      GetSubscriptionAttributes: ({ SubscriptionArn }) => {
        const Attributes = subscriptions[SubscriptionArn as string];
        if (Attributes === undefined) throw awsError("NotFoundException");
        return { Attributes };
      },
    });
  const warning = { kind: "warning", environment: "pr-1" } as const;

  test("confirmed subscriptions whose filter certainly accepts the notice, on every page", async () => {
    const port = notifier(clients(), "topic");
    expect(await port.listeners({ ...warning, owner: "team-a" })).toBe(3);
    expect(await port.listeners({ ...warning, owner: "team-c" })).toBe(1);
    expect(await port.listeners(warning)).toBe(1);
    expect(await port.listeners({ ...warning, kind: "completion", owner: "team-b" })).toBe(4);
  });

  test("is read once for all environments of an invocation, and again after an error", async () => {
    let refuse = true;
    const answering = fakeClients({
      ListSubscriptionsByTopic: () => {
        if (!refuse) return { Subscriptions: [] };
        refuse = false;
        throw awsError("ThrottlingException");
      },
    });
    const port = notifier(answering, "topic");
    await expect(port.listeners(warning)).rejects.toThrow("ThrottlingException");
    await Promise.all([port.listeners(warning), port.listeners(warning)]);
    expect(answering.calls).toHaveLength(2);
  });
});
