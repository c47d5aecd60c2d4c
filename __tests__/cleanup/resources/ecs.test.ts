import { awsError } from "../../support/fake-clients";
import { found, handlerOf, TAG_LIST } from "../../support/handlers";

test("ECS: failures[] of DeleteTaskDefinitions count", async () => {
  const { handler } = handlerOf("ecs:task-definition", {
    DeleteTaskDefinitions: () => ({
      failures: [{ arn: "td", reason: "ThrottlingException", detail: "d" }],
    }),
  });
  expect(await handler.remove(found("ecs:task-definition", "td"))).toMatchObject({ kind: "throttled" });
});

const SERVICE = "arn:aws:ecs:us-east-1:1:service/automock-pr-1/s";

test("short-ecs-wait: the delay of own target groups is set to zero before the service is scaled down", async () => {
  const { handler, calls } = handlerOf("ecs:service", {
    DescribeServices: () => ({
      services: [
        {
          serviceArn: SERVICE,
          status: "ACTIVE",
          desiredCount: 2,
          loadBalancers: [
            { targetGroupArn: "own", advancedConfiguration: { alternateTargetGroupArn: "foreign" } },
          ],
        },
      ],
    }),
    DescribeTags: () => ({
      TagDescriptions: [
        { ResourceArn: "own", Tags: TAG_LIST },
        { ResourceArn: "foreign", Tags: [{ Key: "automock:environment", Value: "pr-1-a" }] },
      ],
    }),
    ModifyTargetGroupAttributes: () => ({}),
    UpdateService: () => ({}),
  });
  await handler.prepare!(found("ecs:service", SERVICE));
  expect(calls.filter(([name]) => /^(Modify|Update)/.test(name))).toEqual([
    [
      "ModifyTargetGroupAttributes",
      { TargetGroupArn: "own", Attributes: [{ Key: "deregistration_delay.timeout_seconds", Value: "0" }] },
    ],
    ["UpdateService", { cluster: "automock-pr-1", service: SERVICE, desiredCount: 0 }],
  ]);
});

test.each([
  ["ACTIVE", "present"],
  ["DRAINING", "deleting"],
  ["INACTIVE", "absent"],
])("a service that is %s is %s", async (status, presence) => {
  const { handler } = handlerOf("ecs:service", {
    DescribeServices: () => ({ services: [{ serviceArn: SERVICE, status }] }),
  });
  expect(await handler.look(found("ecs:service", SERVICE))).toBe(presence);
});

test("a failure of Describe other than MISSING is an error", async () => {
  let reason = "MISSING";
  const { handler } = handlerOf("ecs:service", { DescribeServices: () => ({ failures: [{ reason }] }) });
  expect(await handler.look(found("ecs:service", SERVICE))).toBe("absent");
  reason = "AccessDenied";
  await expect(handler.look(found("ecs:service", SERVICE))).rejects.toMatchObject({ name: "AccessDenied" });
});

test("a cluster's capacity providers are removed only if there are others than Fargate's", async () => {
  for (const [capacityProviders, times] of [
    [["FARGATE", "FARGATE_SPOT"], 0],
    [["own"], 1],
  ] as const) {
    const { handler, calls } = handlerOf("ecs:cluster", {
      DescribeClusters: () => ({ clusters: [{ capacityProviders }] }),
      PutClusterCapacityProviders: () => ({}),
    });
    await handler.prepare!(found("ecs:cluster", "c"));
    expect(calls.filter(([name]) => name === "PutClusterCapacityProviders")).toHaveLength(times);
  }
});

describe("task definitions", () => {
  const arn = (revision: number) =>
    `arn:aws:ecs:us-east-1:1:task-definition/automock-pr-1-mockserver:${revision}`;
  const TYPE = "ecs:task-definition";

  test("only an active revision is deregistered, because AWS takes one of these calls per second", async () => {
    const { handler, calls } = handlerOf(TYPE, {
      ListTaskDefinitions: ({ status }: { status: string }) => ({
        taskDefinitionArns: status === "INACTIVE" ? [arn(1)] : [arn(2)],
      }),
      DeregisterTaskDefinition: () => ({}),
    });
    for (const revision of [1, 2]) await handler.prepare!(found(TYPE, arn(revision)));
    expect(calls.filter(([name]) => name === "DeregisterTaskDefinition")).toEqual([
      ["DeregisterTaskDefinition", { taskDefinition: arn(2) }],
    ]);
    expect(handler.prepareAt).toBe("start");
  });

  test("ten revisions are deleted with one call, and each has its own outcome", async () => {
    const { handler, calls } = handlerOf(TYPE, {
      DeleteTaskDefinitions: ({ taskDefinitions }: { taskDefinitions: string[] }) => ({
        failures: taskDefinitions
          .filter((one) => one === arn(3))
          .map((one) => ({ arn: one, reason: "ThrottlingException" })),
      }),
    });
    const revisions = Array.from({ length: 12 }, (_, i) => i + 1);
    const outcomes = await Promise.all(
      revisions.map((revision) => handler.remove(found(TYPE, arn(revision)))),
    );
    expect(outcomes.map(({ kind }) => kind)).toEqual(
      revisions.map((one) => (one === 3 ? "throttled" : "gone")),
    );
    expect(calls.map(([, { taskDefinitions }]) => (taskDefinitions as string[]).length)).toEqual([10, 2]);
  });

  test("a call that is refused for one revision is repeated for each", async () => {
    const { handler, calls } = handlerOf(TYPE, {
      DeleteTaskDefinitions: ({ taskDefinitions }: { taskDefinitions: string[] }) => {
        if (taskDefinitions.includes(arn(2))) throw awsError("AccessDeniedException");
        return {};
      },
    });
    const outcomes = await Promise.all([1, 2].map((revision) => handler.remove(found(TYPE, arn(revision)))));
    expect(outcomes.map(({ kind }) => kind)).toEqual(["gone", "denied"]);
    expect(calls).toHaveLength(3);
  });
});
