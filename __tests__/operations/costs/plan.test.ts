import { costDelta, costDeltaOfPlan } from "../../../operations/costs/delta";
import { estimate } from "../../../pricing/estimate";
import { fromPlannedValues, fromPriorState, regionOfPlan } from "../../../operations/costs/read-plan";
import type { StateResource, TerraformPlan } from "../../../operations/terraform/plan-json";
import { planOf, resource as changed, updateOf } from "../../support/change";
import { charged, fargateService, resource } from "../../pricing/resources";

/** Written after `terraform show -json` of a plan that creates automock-staging: unknown arguments are left out. */
const CREATE: TerraformPlan = planOf([], {
  planned_values: {
    root_module: {
      resources: [
        managed("aws_ecs_cluster.cluster", { name: "automock" }),
        managed("aws_ecs_task_definition.task", {
          family: "mock",
          cpu: "256",
          memory: "512",
          runtime_platform: [{ cpu_architecture: "X86_64", operating_system_family: "LINUX" }],
          ephemeral_storage: [],
        }),
        managed("aws_ecs_service.service", {
          name: "mock",
          launch_type: null,
          desired_count: 1,
          capacity_provider_strategy: [{ base: 0, capacity_provider: "FARGATE", weight: 1 }],
          network_configuration: [{ assign_public_ip: false }],
        }),
        managed("aws_appautoscaling_target.target", {
          min_capacity: 2,
          max_capacity: 20,
          service_namespace: "ecs",
        }),
        managed("aws_appautoscaling_scheduled_action.night", {
          schedule: "cron(0 20 ? * MON-FRI *)",
          scalable_target_action: [{ min_capacity: "0", max_capacity: "0" }],
        }),
        managed("aws_appautoscaling_scheduled_action.day", {
          schedule: "cron(0 8 ? * MON-FRI *)",
          scalable_target_action: [{ min_capacity: "2", max_capacity: "20" }],
        }),
        managed("aws_lb.alb", { load_balancer_type: "application", internal: false, subnet_mapping: null }),
        managed("aws_vpc_endpoint.logs", { vpc_endpoint_type: "Interface" }),
        managed('aws_eip.nat["a"]', { domain: "vpc" }),
        managed("aws_cloudwatch_metric_alarm.cpu", { period: 60, metric_query: [] }),
        { address: "data.aws_route53_zone.zone", mode: "data", type: "aws_route53_zone", values: {} },
      ],
      child_modules: [
        { resources: [managed("module.net.aws_nat_gateway.a", {})] },
        { child_modules: [{ resources: [managed("module.net.module.b.aws_nat_gateway.b", {})] }] },
      ],
    },
  },
  configuration: {
    provider_config: { aws: { expressions: { region: { constant_value: "us-east-1" } } } },
    root_module: {
      resources: [
        configured("aws_ecs_service.service", {
          task_definition: ["aws_ecs_task_definition.task.arn", "aws_ecs_task_definition.task"],
          name: [],
        }),
        configured("aws_appautoscaling_target.target", {
          resource_id: [
            "aws_ecs_cluster.cluster.name",
            "aws_ecs_cluster.cluster",
            "aws_ecs_service.service.name",
            "aws_ecs_service.service",
          ],
        }),
        ...["night", "day"].map((id) =>
          configured(`aws_appautoscaling_scheduled_action.${id}`, {
            resource_id: ["aws_appautoscaling_target.target.resource_id", "aws_appautoscaling_target.target"],
          }),
        ),
        configured("aws_lb.alb", {
          subnets: ["aws_subnet.a.id", "aws_subnet.a", "aws_subnet.b.id", "aws_subnet.b", "aws_subnet.c"],
        }),
        configured("aws_vpc_endpoint.logs", {
          subnet_ids: ["aws_subnet.a.id", "aws_subnet.a", "aws_subnet.b.id", "aws_subnet.b"],
        }),
      ],
    },
  },
});

function managed(address: string, values: object): StateResource {
  const type = address.replace(/^(module\.\w+\.)+/, "").split(".")[0]!;
  return { address, mode: "managed", type, values: { ...values } };
}

function configured(address: string, references: Record<string, string[]>) {
  const entries = Object.entries(references).map(([argument, names]) => [argument, { references: names }]);
  return { address, expressions: Object.fromEntries(entries) as object as Record<string, unknown> };
}

describe("a plan that creates everything", () => {
  const found = estimate(fromPlannedValues(CREATE));

  it("knows the subnets and the scaling by the configuration, and the gateways of modules", () =>
    expect(charged(fromPlannedValues(CREATE))).toEqual({
      "fargate-x86-vcpu": 0.5,
      "fargate-x86-memory": 1,
      "load-balancer-application": 1,
      "public-ipv4": 1,
      "interface-endpoint": 2,
      "nat-gateway": 1,
      alarm: 1,
    }));

  it("counts addresses of load balancer and gateways, and the tasks of the schedule", () => {
    const ipv4 = found.lines.filter(({ priceId }) => priceId === "public-ipv4");
    expect(ipv4.map(({ address, quantity }) => [address, quantity.expected])).toEqual([
      ["aws_lb.alb", 3],
      ['aws_eip.nat["a"]', 1],
    ]);
    expect(found.services[0]!.tasks).toEqual({
      low: expect.closeTo((2 * 60) / 168, 10) as number,
      expected: 2,
      high: 20,
    });
    expect(found.notPriced).toEqual([]);
  });

  it("reads no data source", () =>
    expect(fromPlannedValues(CREATE).map(({ address }) => address)).not.toContain(
      "data.aws_route53_zone.zone",
    ));

  it("has nothing before", () => {
    expect(fromPriorState(CREATE)).toEqual([]);
    expect(fromPlannedValues(planOf([]))).toEqual([]);
  });

  it("knows its region, unless that is computed", () => {
    expect(regionOfPlan(CREATE)).toBe("us-east-1");
    expect(regionOfPlan(planOf([]))).toBeUndefined();
    const computed = { references: ["var.region"] };
    const configuration = { provider_config: { aws: { expressions: { region: computed } } } };
    expect(regionOfPlan(planOf([], { configuration }))).toBeUndefined();
  });
});

it("a state knows names and ids instead of references", () => {
  const prior = planOf([], {
    prior_state: {
      values: {
        root_module: {
          resources: [
            managed("aws_ecs_task_definition.task", {
              arn: "arn:aws:ecs:us-east-1:1:task-definition/mock:7",
              cpu: "256",
              memory: "512",
            }),
            managed("aws_ecs_service.service", {
              name: "mock",
              launch_type: "FARGATE",
              task_definition: "arn:aws:ecs:us-east-1:1:task-definition/mock:7",
            }),
            managed("aws_appautoscaling_target.target", {
              service_namespace: "ecs",
              resource_id: "service/automock/mock",
              min_capacity: 3,
              max_capacity: 9,
            }),
            managed("aws_lb.alb", { load_balancer_type: "application", subnets: ["subnet-1", "subnet-2"] }),
          ],
        },
      },
    },
  });
  const { services, lines } = estimate(fromPriorState(prior));
  expect(services[0]!.tasks).toEqual({ low: 3, expected: 3, high: 9 });
  expect(lines.find(({ priceId }) => priceId === "public-ipv4")!.quantity.expected).toBe(2);
});

describe("the difference of two", () => {
  const nat = resource("aws_nat_gateway.a");
  const eip = resource("aws_eip.a");

  it("is what comes, goes and changes, the largest first, without what stays", () => {
    const before = [nat, eip, resource("aws_kms_key.key"), ...fargateService({ desired_count: 1 })];
    const after = [eip, resource("aws_secretsmanager_secret.s"), ...fargateService({ desired_count: 3 })];
    const delta = costDelta(before, after);
    const round = (amount: number) => Math.round(amount * 100) / 100;
    expect(
      delta.lines.map(({ address, type, usdMonthlyBefore, usdMonthlyAfter, usdMonthlyDelta }) => [
        address,
        type,
        ...[usdMonthlyBefore, usdMonthlyAfter, usdMonthlyDelta!].map(round),
      ]),
    ).toEqual([
      ["aws_nat_gateway.a", "aws_nat_gateway", 32.85, 0, -32.85],
      ["aws_ecs_service.service", "aws_ecs_service", 9.01, 27.03, 18.02],
      ["aws_kms_key.key", "aws_kms_key", 1, 0, -1],
      ["aws_secretsmanager_secret.s", "aws_secretsmanager_secret", 0, 0.4, 0.4],
    ]);
    expect(round(delta.usdMonthlyBefore)).toBe(46.51);
    expect(round(delta.usdMonthlyAfter)).toBe(31.08);
    expect(round(delta.usdMonthlyDelta!)).toBe(-15.43);
    expect(delta.usdMonthlyDelta).toBeCloseTo(
      delta.lines.reduce((sum, { usdMonthlyDelta }) => sum + usdMonthlyDelta!, 0),
      9,
    );
    expect(delta).toMatchObject({ priceRegion: "us-east-1", checkedOn: "2026-08-21", notPriced: [] });
    expect(delta.note).toBeUndefined();
  });

  it("lists what is not priced, before or after, once", () => {
    const [lost, kept, fresh] = ["aws_mq_broker.lost", "aws_mq_broker.kept", "aws_mq_broker.new"].map(
      (address) => resource(address),
    );
    const { notPriced, usdMonthlyDelta, unknown } = costDelta([lost!, kept!], [kept!, fresh!]);
    expect(notPriced.map(({ address }) => address)).toEqual([
      "aws_mq_broker.kept",
      "aws_mq_broker.new",
      "aws_mq_broker.lost",
    ]);
    expect(usdMonthlyDelta).toBeUndefined();
    expect(unknown.map(({ address }) => address)).toEqual(["aws_mq_broker.new", "aws_mq_broker.lost"]);
  });

  const database = (instance_class: string, more = {}) =>
    resource("aws_db_instance.db", {
      engine: "postgres",
      instance_class,
      allocated_storage: 100,
      storage_type: "gp3",
      ...more,
    });

  it("is unknown when a changed resource has no price on one side, and never a saving", () => {
    const delta = costDelta([database("db.t3.small"), nat], [database("db.x2g.large"), nat]);
    expect(delta).not.toHaveProperty("usdMonthlyDelta");
    expect(delta).toMatchObject({
      atLeastBefore: false,
      atLeastAfter: true,
      unknown: [{ address: "aws_db_instance.db", reason: "the price book has no postgres on db.x2g.large" }],
      lines: [{ address: "aws_db_instance.db" }],
    });
    expect(delta.lines[0]).not.toHaveProperty("usdMonthlyDelta");
    expect(costDelta([database("db.x2g.large")], [database("db.t3.small")]).usdMonthlyDelta).toBeUndefined();
  });

  it("is known when what has no price stays as it is", () => {
    const delta = costDelta([database("db.x2g.large"), nat], [database("db.x2g.large")]);
    expect(delta).toMatchObject({ atLeastBefore: true, atLeastAfter: true, unknown: [] });
    expect(delta.usdMonthlyDelta).toBeCloseTo(-32.85, 9);
    const larger = database("db.x2g.large", { allocated_storage: 200 });
    expect(costDelta([database("db.x2g.large")], [larger])).not.toHaveProperty("usdMonthlyDelta");
  });

  it("is unknown when a service without a price has other tasks", () => {
    const ec2 = (cpu: string) => fargateService({ launch_type: "EC2" }, { cpu });
    expect(costDelta(ec2("256"), ec2("256")).usdMonthlyDelta).toBe(0);
    expect(costDelta(ec2("256"), ec2("512"))).not.toHaveProperty("usdMonthlyDelta");
  });

  it.each([
    ["a larger class", [database("db.t4g.medium")], [database("db.m7g.large")], 75.19],
    ["io1", [database("db.t3.small")], [database("db.t3.small", { storage_type: "io1", iops: 1000 })], 101],
    [
      "more IOPS and throughput",
      [resource("aws_ebs_volume.v", { type: "gp3", size: 100, iops: 3000, throughput: 125 })],
      [resource("aws_ebs_volume.v", { type: "gp3", size: 100, iops: 16_000, throughput: 1000 })],
      100,
    ],
    [
      "a network load balancer instead of an application's",
      [resource("aws_lb.l", { load_balancer_type: "application", subnets: ["a", "b"] })],
      [resource("aws_lb.l", { load_balancer_type: "network", subnets: ["a", "b"] })],
      0,
    ],
    [
      "Windows instead of Linux",
      fargateService(),
      fargateService({}, { runtime_platform: [{ operating_system_family: "WINDOWS_SERVER_2022_CORE" }] }),
      19.75,
    ],
  ])("%s is a known difference", (_, before, after, expected) => {
    const delta = costDelta(before, after);
    expect(delta.unknown).toEqual([]);
    expect(delta.usdMonthlyDelta).toBeCloseTo(expected, 2);
  });

  it("is nothing between equals, in whatever order", () =>
    expect(costDelta([nat, eip], [eip, nat])).toMatchObject({ usdMonthlyDelta: 0, lines: [] }));

  it("says another region", () =>
    expect(costDelta([], [nat], { region: "eu-west-1" }).note).toContain("the stack is in eu-west-1"));

  it("of a plan follows moved resources", () => {
    const values = (address: string) => ({ root_module: { resources: [managed(address, {})] } });
    const moved = changed("aws_nat_gateway.new", updateOf({}, {}, { actions: ["no-op"] }), {
      previous_address: "aws_nat_gateway.old",
    });
    const plan = planOf([moved], {
      prior_state: { values: values("aws_nat_gateway.old") },
      planned_values: values("aws_nat_gateway.new"),
    });
    expect(costDeltaOfPlan(plan)).toMatchObject({ usdMonthlyDelta: 0, lines: [] });
    expect(costDeltaOfPlan({ ...plan, resource_changes: [] }).lines).toHaveLength(2);
  });

  it("of a plan is nothing for what is only forgotten: it stays and goes on costing", () => {
    const address = "aws_nat_gateway.kept";
    const plan = (action: string) =>
      planOf([changed(address, updateOf({}, {}, { actions: [action] }))], {
        prior_state: { values: { root_module: { resources: [managed(address, {})] } } },
        planned_values: { root_module: {} },
      });
    expect(costDeltaOfPlan(plan("forget"))).toMatchObject({ usdMonthlyAfter: 32.85, lines: [] });
    expect(costDeltaOfPlan(plan("delete"))).toMatchObject({ usdMonthlyAfter: 0, usdMonthlyDelta: -32.85 });
  });

  it("of a plan that creates everything is its whole cost", () => {
    const { usdMonthlyBefore, usdMonthlyAfter } = costDeltaOfPlan(CREATE);
    expect(usdMonthlyBefore).toBe(0);
    expect(usdMonthlyAfter).toBeCloseTo(estimate(fromPlannedValues(CREATE)).usdHourly.expected * 730, 9);
  });
});
