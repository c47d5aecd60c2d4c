import type { JsonObject } from "../../contract/json";
import fc from "fast-check";
import { estimate } from "../../pricing/estimate";
import { charged, fargateService, linesOf, resource } from "./resources";

const VCPU = "fargate-x86-vcpu";
const MEMORY = "fargate-x86-memory";

/** Tasks by the vCPU line of a service of quarter vCPUs. */
function tasks(resources: ReturnType<typeof fargateService>, options?: { tasks: number }) {
  const { quantity } = linesOf(estimate(resources, options), VCPU)[0]!;
  return [quantity.low * 4, quantity.expected * 4, quantity.high * 4];
}

const scaling = (min: number, max: number, values: JsonObject = {}) =>
  resource("aws_appautoscaling_target.target", {
    service_namespace: "ecs",
    resource_id: "service/${aws_ecs_cluster.cluster.name}/${aws_ecs_service.service.name}",
    min_capacity: min,
    max_capacity: max,
    ...values,
  });

describe("the size of a task", () => {
  it("is a quarter vCPU and half a GB: $0.0123425 per hour", () => {
    expect(charged(fargateService())).toEqual({ [VCPU]: 0.25, [MEMORY]: 0.5 });
    expect(estimate(fargateService()).usdHourly.expected).toBeCloseTo(0.0123425, 10);
  });

  it("costs less on arm64: $0.009875", () => {
    for (const runtime_platform of [{ cpu_architecture: "ARM64" }, [{ cpu_architecture: "ARM64" }]]) {
      const { usdHourly, lines } = estimate(fargateService({}, { runtime_platform }));
      expect(usdHourly.expected).toBeCloseTo(0.009875, 10);
      expect(lines.map(({ priceId }) => priceId)).toEqual(["fargate-arm64-vcpu", "fargate-arm64-memory"]);
    }
  });

  it("pays for storage above 20 GiB, for each task", () => {
    const of = (size_in_gib: number) =>
      charged(fargateService({ desired_count: 3 }, { ephemeral_storage: [{ size_in_gib }] }));
    expect(of(50)["fargate-ephemeral-storage"]).toBe(90);
    expect(of(20)).not.toHaveProperty("fargate-ephemeral-storage");
  });

  it("pays for the public address of each task", () => {
    const of = (assign_public_ip: boolean) =>
      charged(fargateService({ desired_count: 3, network_configuration: { assign_public_ip } }));
    expect(of(true)["public-ipv4"]).toBe(3);
    expect(of(false)).not.toHaveProperty("public-ipv4");
  });

  it("pays for the requests of the container that looks for new expectations", () => {
    const containers = (value: string) =>
      JSON.stringify([{ name: "a" }, { environment: [{ name: "EXPECTATIONS_POLL_SECONDS", value }] }]);
    const lines = estimate(
      fargateService({ desired_count: 10 }, { container_definitions: containers("30") }),
    );
    expect(linesOf(lines, "s3-get")).toEqual([
      expect.objectContaining({
        quantity: { low: 1.2, expected: 1.2, high: 1.2 },
        assumption: "each task checks for new expectations every 30 seconds",
      }),
    ]);
    // 1,200 requests an hour at $0.0004 for a thousand
    expect(linesOf(lines, "s3-get")[0]!.usdHourly.expected).toBeCloseTo(0.00048, 12);
    for (const other of [containers("0"), "${jsonencode(local.containers)}", undefined]) {
      expect(charged(fargateService({}, { container_definitions: other }))).not.toHaveProperty("s3-get");
    }
  });
});

describe("which task definition a service runs", () => {
  const other = resource("aws_ecs_task_definition.other", { family: "other", cpu: "4096", memory: "8192" });
  const withOther = (task_definition: unknown, values: JsonObject = {}) =>
    charged([other, ...fargateService({ task_definition }, values)])[VCPU];

  it.each([
    ["a reference", "${aws_ecs_task_definition.task.arn}"],
    ["its ARN", "arn:aws:ecs:us-east-1:123456789012:task-definition/task:7"],
    ["family and revision", "task:7"],
    ["its family", "task"],
  ])("is found by %s", (_, value) => expect(withOther(value)).toBe(0.25));

  it("is found by the ARN without revision", () =>
    expect(withOther("arn:x/task", { arn_without_revision: "arn:x/task" })).toBe(0.25));

  it("is the only one where the plan does not know it yet, and none of two", () => {
    expect(charged(fargateService({ task_definition: undefined }))[VCPU]).toBe(0.25);
    expect(estimate([other, ...fargateService({ task_definition: undefined })]).notPriced).toEqual([
      {
        address: "aws_ecs_service.service",
        type: "aws_ecs_service",
        reason: "its task definition is not in the stack",
      },
    ]);
  });
});

describe("what is not priced", () => {
  it.each([
    ["instances", { launch_type: "EC2" }, {}, "its tasks run on instances, which are priced separately"],
    [
      "a capacity provider of one's own",
      { capacity_provider_strategy: [{ capacity_provider: "FARGATE" }, { capacity_provider: "own" }] },
      {},
      "its tasks run on instances, which are priced separately",
    ],
    ["a size that is not known", {}, { cpu: "${var.cpu}" }, "the size of its tasks is not known"],
    [
      "another stack's task definition",
      { task_definition: "other:3" },
      {},
      "its task definition is not in the stack",
    ],
  ])("%s", (_, service, task, reason) => {
    const { lines, notPriced } = estimate(fargateService(service, task));
    expect(lines).toEqual([]);
    expect(notPriced.map((one) => one.reason)).toEqual([reason]);
  });
});

describe("how many tasks", () => {
  it("is the desired count without scaling, one where it says nothing", () => {
    expect(tasks(fargateService({ desired_count: 7 }))).toEqual([7, 7, 7]);
    expect(tasks(fargateService({ desired_count: undefined }))).toEqual([1, 1, 1]);
    expect(tasks(fargateService({ desired_count: 0 }))).toEqual([0, 0, 0]);
  });

  it("is the smallest to the largest number with scaling, whatever is desired now", () =>
    expect(tasks([...fargateService({ desired_count: 5 }), scaling(2, 30)])).toEqual([2, 2, 30]));

  it("can be given", () => {
    const resources = [...fargateService(), scaling(2, 30)];
    expect(tasks(resources, { tasks: 12 })).toEqual([2, 12, 30]);
    expect(tasks(resources, { tasks: 40 })).toEqual([2, 40, 40]);
  });

  it("says the tasks of each service", () =>
    expect(estimate([...fargateService(), scaling(2, 30)]).services).toEqual([
      { address: "aws_ecs_service.service", tasks: { low: 2, expected: 2, high: 30 } },
    ]));

  it.each([
    ["a reference", "service/c/${aws_ecs_service.service.name}", 30],
    ["its name", "service/c/service", 30],
    ["being alone, where the plan does not know it yet", undefined, 30],
    ["no other service's name", "service/c/other", 1],
    ["no other service's reference", "service/c/${aws_ecs_service.other.name}", 1],
  ])("finds the scaling by %s", (_, resource_id, high) =>
    expect(tasks([...fargateService(), scaling(1, 30, { resource_id })])[2]).toBe(high),
  );

  it("gives each service its own scaling", () => {
    const second = resource("aws_ecs_service.second", {
      launch_type: "FARGATE",
      task_definition: "${aws_ecs_task_definition.task.arn}",
    });
    const resources = [...fargateService(), second, scaling(2, 30)];
    const { lines } = estimate(resources);
    expect(
      lines
        .filter(({ priceId }) => priceId === VCPU)
        .map(({ address, quantity }) => [address, quantity.high]),
    ).toEqual([
      ["aws_ecs_service.service", 7.5],
      ["aws_ecs_service.second", 0.25],
    ]);
  });

  it("ignores the scaling of other services", () =>
    expect(
      tasks([...fargateService(), scaling(5, 30, { service_namespace: "dynamodb", resource_id: undefined })]),
    ).toEqual([1, 1, 1]));

  it("in office hours is 60 of 168 hours at the least, and no less than the smallest number usually, more where the schedule adds tasks", () => {
    const action = (id: string, schedule: string, count: number) =>
      resource(`aws_appautoscaling_scheduled_action.${id}`, {
        resource_id: "${aws_appautoscaling_target.target.resource_id}",
        schedule,
        scalable_target_action: { min_capacity: String(count), max_capacity: String(count) },
      });
    const resources = [
      ...fargateService(),
      scaling(2, 3),
      action("start", "cron(0 8 ? * MON-FRI *)", 2),
      action("stop", "cron(0 20 ? * MON-FRI *)", 0),
    ];
    const [low, expected, high] = tasks(resources);
    expect(low).toBeCloseTo((2 * 60) / 168, 10);
    expect([expected, high]).toEqual([2, 3]);

    const busy = [
      ...fargateService(),
      scaling(2, 20),
      action("start", "cron(0 0 ? * MON *)", 12),
      action("stop", "cron(0 12 ? * THU *)", 2),
    ];
    expect(tasks(busy)).toEqual([7, 7, 20]);
    expect(tasks(busy, { tasks: 1 })).toEqual([1, 1, 20]);
  });
});

describe("Fargate Spot", () => {
  const strategy = (...capacity_provider_strategy: JsonObject[]) => ({ capacity_provider_strategy });
  const onDemand = (base: number, weight: number) => ({ capacity_provider: "FARGATE", base, weight });
  const spot = (base: number, weight: number) => ({ capacity_provider: "FARGATE_SPOT", base, weight });
  const share = (desired_count: number, ...providers: JsonObject[]) => {
    const { low, expected, high } = estimate(
      fargateService({ desired_count, ...strategy(...providers) }),
    ).usdHourly;
    expect(high).toBe(expected);
    return low / expected;
  };

  it.each([
    ["all on demand", 10, [onDemand(0, 1)], 1],
    ["all on Spot", 10, [spot(0, 1)], 0.3],
    ["all but the first on Spot", 1, [onDemand(1, 0), spot(0, 1)], 1],
    ["all but the first of ten on Spot", 10, [onDemand(1, 0), spot(0, 1)], 0.1 + 0.9 * 0.3],
    ["one of four by weight", 8, [onDemand(0, 3), spot(0, 1)], 0.75 + 0.25 * 0.3],
    ["a base of two on Spot, the rest on demand", 8, [spot(2, 0), onDemand(0, 1)], 0.75 + 0.25 * 0.3],
  ])("%s: only the low figure has the discount", (_, count, providers, expected) =>
    expect(share(count, ...providers)).toBeCloseTo(expected, 10),
  );

  it("is said where it is used", () => {
    const of = (...providers: JsonObject[]) =>
      estimate(fargateService(strategy(...providers))).lines.map(({ assumption }) => assumption);
    expect(of(spot(0, 1))).toEqual(Array(2).fill("without the Spot discount of up to 70 %"));
    expect(of(onDemand(0, 1))).toEqual([undefined, undefined]);
  });

  it("of no tasks costs nothing", () =>
    expect(estimate(fargateService({ desired_count: 0, ...strategy(spot(0, 1)) })).usdHourly).toEqual({
      low: 0,
      expected: 0,
      high: 0,
    }));
});

it("the cost grows with each task by the same amount, and low ≤ expected ≤ high", () =>
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 50 }),
      fc.integer({ min: 0, max: 200 }),
      fc.integer({ min: 0, max: 5 }),
      (min, more, base) => {
        const capacity_provider_strategy = [
          { capacity_provider: "FARGATE", base, weight: 1 },
          { capacity_provider: "FARGATE_SPOT", base: 0, weight: 2 },
        ];
        const service = fargateService({ capacity_provider_strategy });
        const { low, expected, high } = estimate([...service, scaling(min, min + more)]).usdHourly;
        expect(low).toBeGreaterThanOrEqual(expected * 0.3 - 1e-12);
        expect(low).toBeLessThanOrEqual(expected + 1e-12);
        expect(expected).toBeCloseTo(min * 0.0123425, 9);
        expect(high).toBeCloseTo((min + more) * 0.0123425, 9);
      },
    ),
  ));
