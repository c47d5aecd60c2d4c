import { AutoScaling, type AutoScalingProps } from "../../../modules/ecs/auto-scaling";
import type { FargateServiceProps } from "../../../modules/ecs/fargate-service";
import { testService } from "../../support/ecs";
import { testNames } from "../../support/names";
import { simulate, type Load } from "../../support/scaling-simulation";
import { Template, type Resource } from "../../support/template";

function synthesized(props: Partial<AutoScalingProps> = {}, service: Partial<FargateServiceProps> = {}) {
  let made!: AutoScaling;
  const template = Template.of((stack) => {
    made = new AutoScaling(stack, "auto-scaling", {
      names: testNames,
      purpose: "api",
      service: testService(stack, service),
      maxTasks: 20,
      ...props,
    });
  });
  return { template, made };
}

const alarm = (template: Template, name: string) =>
  template
    .all("aws_cloudwatch_metric_alarm")
    .find(({ alarm_name }) => alarm_name === `automock-test-api-scale-${name}`)!;
const policy = (template: Template, name: string) =>
  template
    .all("aws_appautoscaling_policy")
    .find((resource) => resource.name === `automock-test-api-${name}`)!;
const idOf = (template: Template, type: string) => Object.keys(template.byId(type))[0]!;

const BLUE_GREEN = { strategy: "blueGreen", bakeMinutes: 5, alarmNames: ["errors"] } as const;

describe("auto scaling", () => {
  const { template, made } = synthesized();
  const cluster = `\${aws_ecs_cluster.${idOf(template, "aws_ecs_cluster")}.name}`;
  const service = `\${aws_ecs_service.${idOf(template, "aws_ecs_service")}.name}`;

  it("scales the service between its minimum and the maximum", () =>
    expect(template.sole("aws_appautoscaling_target")).toMatchObject({
      service_namespace: "ecs",
      scalable_dimension: "ecs:service:DesiredCount",
      resource_id: `service/${cluster}/${service}`,
      min_capacity: 2,
      max_capacity: 20,
    }));

  it("has one policy and one alarm per signal, and one pair for scaling in", () => {
    expect(made.alarmNames).toEqual([
      "automock-test-api-scale-cpu-out",
      "automock-test-api-scale-memory-out",
      "automock-test-api-scale-requests-out",
      "automock-test-api-scale-in",
    ]);
    expect(
      template
        .all("aws_cloudwatch_metric_alarm")
        .map((a) => a.alarm_name)
        .sort(),
    ).toEqual([...made.alarmNames].sort());
    expect(template.all("aws_appautoscaling_policy")).toHaveLength(4);
  });

  it("each alarm runs its own policy and treats missing data explicitly", () => {
    const actions = template.all("aws_cloudwatch_metric_alarm").flatMap((a) => a.alarm_actions as string[]);
    const policies = Object.keys(template.byId("aws_appautoscaling_policy"));
    expect([...actions].sort()).toEqual(
      policies.map((id) => `\${aws_appautoscaling_policy.${id}.arn}`).sort(),
    );
    for (const [id, resource] of Object.entries(template.byId("aws_cloudwatch_metric_alarm")))
      expect([resource.alarm_actions[0].split(".")[1].split("_")[1], resource.treat_missing_data]).toEqual([
        id.split("_")[1],
        "notBreaching",
      ]);
  });

  it.each([
    ["cpu", "CPUUtilization", "CPU in percent"],
    ["memory", "MemoryUtilization", "memory in percent"],
  ])("%s: one alarm at 70 with three steps, 2 of 2 minutes", (signal, metric, text) => {
    expect(alarm(template, `${signal}-out`)).toMatchObject({
      alarm_description: `Adds tasks: ${text} at least 70`,
      namespace: "AWS/ECS",
      metric_name: metric,
      dimensions: { ClusterName: cluster, ServiceName: service },
      statistic: "Average",
      period: 60,
      evaluation_periods: 2,
      datapoints_to_alarm: 2,
      threshold: 70,
      comparison_operator: "GreaterThanOrEqualToThreshold",
    });
    expect(policy(template, `${signal}-out`)).toMatchObject({
      policy_type: "StepScaling",
      step_scaling_policy_configuration: {
        adjustment_type: "PercentChangeInCapacity",
        cooldown: 60,
        metric_aggregation_type: "Average",
        min_adjustment_magnitude: 1,
        step_adjustment: [
          { metric_interval_lower_bound: "0", metric_interval_upper_bound: "10", scaling_adjustment: 50 },
          { metric_interval_lower_bound: "10", metric_interval_upper_bound: "20", scaling_adjustment: 100 },
          { metric_interval_lower_bound: "20", scaling_adjustment: 200 },
        ],
      },
    });
  });

  it("requests: one alarm at 500 per minute and target with two steps", () => {
    expect(alarm(template, "requests-out")).toMatchObject({
      alarm_description: "Adds tasks: requests per minute and target at least 500",
      metric_query: [
        { id: "requests", expression: "FILL(requests_blue, 0)", return_data: true },
        {
          id: "requests_blue",
          metric: {
            namespace: "AWS/ApplicationELB",
            metric_name: "RequestCountPerTarget",
            dimensions: {
              LoadBalancer: `\${aws_lb.${idOf(template, "aws_lb")}.arn_suffix}`,
              TargetGroup: `\${aws_lb_target_group.${idOf(template, "aws_lb_target_group")}.arn_suffix}`,
            },
            stat: "Sum",
            period: 60,
          },
        },
      ],
      // Two in a row, and two more that may be late.
      evaluation_periods: 4,
      datapoints_to_alarm: 2,
      threshold: 500,
    });
    expect(policy(template, "requests-out").step_scaling_policy_configuration.step_adjustment).toEqual([
      { metric_interval_lower_bound: "0", metric_interval_upper_bound: "500", scaling_adjustment: 50 },
      { metric_interval_lower_bound: "500", scaling_adjustment: 100 },
    ]);
  });

  it("scales in with a single alarm over all signals, 5 of 5 minutes, 25 % per 300 seconds", () => {
    expect(alarm(template, "in")).toMatchObject({
      alarm_description:
        "Removes tasks: CPU below 40 %, memory below 40 % and requests per minute and target below 200",
      comparison_operator: "LessThanThreshold",
      threshold: 40,
      evaluation_periods: 5,
      datapoints_to_alarm: 5,
    });
    expect(policy(template, "in").step_scaling_policy_configuration).toMatchObject({
      cooldown: 300,
      min_adjustment_magnitude: 1,
      step_adjustment: [{ metric_interval_upper_bound: "0", scaling_adjustment: -25 }],
    });
    const queries = alarm(template, "in").metric_query as Resource[];
    expect(queries.map(({ id, return_data }) => [id, return_data])).toEqual([
      ["pressure", true],
      ["cpu", false],
      ["memory", false],
      ["requests_blue", false],
    ]);
    expect(queries[0]!.expression).toBe(
      "IF(FILL(cpu, -1) >= 0 AND FILL(memory, -1) >= 0, MAX([cpu, memory, FILL(requests_blue, 0) * 40 / 200]))",
    );
    expect(queries.slice(1).map(({ metric }) => [metric.namespace, metric.metric_name, metric.stat])).toEqual(
      [
        ["AWS/ECS", "CPUUtilization", "Average"],
        ["AWS/ECS", "MemoryUtilization", "Average"],
        ["AWS/ApplicationELB", "RequestCountPerTarget", "Sum"],
      ],
    );
    expect(queries.slice(1).every(({ metric }) => metric.period === 60)).toBe(true);
    expect(queries[1]!.metric.dimensions).toEqual({ ClusterName: cluster, ServiceName: service });
  });
});

describe("options", () => {
  it("every signal has its own scale-in level", () => {
    const { template } = synthesized({
      cpuSteps: [{ atLeast: 60, changePercent: 30 }],
      memorySteps: [{ atLeast: 80, changePercent: 40 }],
      requestSteps: [{ atLeast: 1000, changePercent: 60 }],
      scaleInPercent: 30,
      memoryScaleInPercent: 65,
    });
    expect(alarm(template, "in").threshold).toBe(30);
    expect(alarm(template, "in").metric_query[0].expression).toBe(
      "IF(FILL(cpu, -1) >= 0 AND FILL(memory, -1) >= 0, MAX([cpu, memory * 30 / 65, FILL(requests_blue, 0) * 30 / 300]))",
    );
    expect(["cpu", "memory", "requests"].map((s) => alarm(template, `${s}-out`).threshold)).toEqual([
      60, 80, 1000,
    ]);
  });

  it("a traffic-shifting deployment counts the target group that receives traffic", () => {
    const { template } = synthesized({}, { deployment: BLUE_GREEN });
    const requests = alarm(template, "requests-out");
    expect(requests.metric_name).toBeUndefined();
    expect(requests.metric_query.map((query: Resource) => [query.id, query.expression])).toEqual([
      ["requests", "MAX([FILL(requests_blue, 0), FILL(requests_green, 0)])"],
      ["requests_blue", undefined],
      ["requests_green", undefined],
    ]);
    expect(alarm(template, "in").metric_query[0].expression).toBe(
      "IF(FILL(cpu, -1) >= 0 AND FILL(memory, -1) >= 0, MAX([cpu, memory, FILL(requests_blue, 0) * 40 / 200, FILL(requests_green, 0) * 40 / 200]))",
    );
    const groups = alarm(template, "in").metric_query.map((q: Resource) => q.metric?.dimensions.TargetGroup);
    expect(new Set(groups).size).toBe(3);
  });

  it("reports all faults at once", () =>
    expect(() =>
      synthesized({
        maxTasks: 1,
        cpuSteps: [{ atLeast: 0.7, changePercent: 50 }],
        memorySteps: [],
        requestSteps: [{ atLeast: 0, changePercent: 50 }],
        scaleInPercent: 0,
        memoryScaleInPercent: 100,
      }),
    ).toThrow(
      [
        "scaling: maxTasks is 1; write a whole number from 2 to 5000",
        "scaling: cpuSteps[0].atLeast is 0.7; write a whole number from 1 to 99",
        "scaling: memorySteps is empty; give at least one step",
        "scaling: requestSteps[0].atLeast is 0; write a whole number from 1 to 1000000000",
        "scaling: scaleInPercent is 0; write a whole number from 1 to 99",
        "scaling: memoryScaleInPercent is 100; write a whole number from 1 to 99",
      ].join("\n"),
    ));

  it("rejects a signal without steps", () =>
    expect(() => synthesized({ requestSteps: [], cpuSteps: [] })).toThrow(
      [
        "scaling: cpuSteps is empty; give at least one step",
        "scaling: requestSteps is empty; give at least one step",
      ].join("\n"),
    ));

  it("rejects a scale-in level that reaches a scale-out step", () =>
    expect(() => synthesized({ scaleInPercent: 70 })).toThrow(
      [
        "scaling: scaleInPercent is 70; it must be below the first CPU step (70), or tasks would be added and removed at the same load",
        "scaling: memoryScaleInPercent is 70; it must be below the first memory step (70), or tasks would be added and removed at the same load",
      ].join("\n"),
    ));
});

describe("simulation of the synthesized alarms and policies", () => {
  const scaling = (props: Partial<AutoScalingProps> = {}, service: Partial<FargateServiceProps> = {}) =>
    synthesized({ maxTasks: 200, ...props }, { minTasks: 10, ...service }).template;
  const IDLE: Load = { cpu: 3, memory: 30 };

  /** The number of tasks after each change, in order. */
  const levels = (history: readonly { readonly tasks: number }[]) =>
    history.map(({ tasks }) => tasks).filter((tasks, index, all) => tasks !== all[index - 1]);

  it("reaches 200 from 10 in three steps when CPU stays above 90", () =>
    expect(levels(simulate(scaling(), 10, 10, () => ({ cpu: 95, memory: 30 })))).toEqual([10, 30, 90, 200]));

  it("reaches 200 in five steps when requests stay above 1000", () =>
    expect(levels(simulate(scaling(), 15, 10, () => ({ cpu: 20, memory: 30, requests: 1500 })))).toEqual([
      10, 20, 40, 80, 160, 200,
    ]));

  it("takes 2 minutes to react and less than 6 to reach 200", () => {
    const history = simulate(scaling(), 10, 10, () => ({ cpu: 95, memory: 30 }));
    expect(history.findIndex(({ tasks }) => tasks > 10)).toBe(2);
    expect(history.findIndex(({ tasks }) => tasks === 200)).toBe(4);
  });

  it("one minute of high load adds no tasks", () =>
    expect(
      levels(simulate(scaling(), 20, 10, (_, minute) => ({ cpu: minute === 5 ? 99 : 50, memory: 30 }))),
    ).toEqual([10]));

  it.each([
    ["cpu", { cpu: 41, memory: 30 }],
    ["memory", { cpu: 3, memory: 41 }],
    ["requests", { cpu: 3, memory: 30, requests: 201 }],
  ])("removes no tasks while only %s is high", (_, load) =>
    expect(levels(simulate(scaling(), 30, 100, () => load))).toEqual([100]),
  );

  it("removes a quarter every five minutes without load, and stops at the minimum", () => {
    const history = simulate(scaling(), 90, 200, () => IDLE);
    expect(levels(history)).toEqual([200, 150, 113, 85, 64, 48, 36, 27, 21, 16, 12, 10]);
    const changes = history.flatMap(({ tasks }, minute) =>
      minute > 0 && tasks !== history[minute - 1]!.tasks ? [minute] : [],
    );
    expect(changes.slice(1).every((minute, index) => minute - changes[index]! >= 5)).toBe(true);
  });

  /**
   * A one-hour load test against JVM tasks: 60,000 requests per minute, of which 1,000 use 60 % of a task's
   * CPU. The heap grows with the load and does not shrink, even after the test.
   */
  const loadTest = (minutes: number) => {
    let heap = 35;
    return (tasks: number, minute: number): Load => {
      if (minute >= minutes) return { cpu: 3, memory: heap };
      const requests = 60_000 / tasks;
      heap = Math.max(heap, Math.min(58, 35 + requests / 50));
      return { cpu: Math.min(100, requests * 0.06), memory: heap, requests };
    };
  };

  it("scales in to the minimum after a load test, although the JVM keeps its memory", () => {
    const history = simulate(scaling({ memoryScaleInPercent: 65 }), 240, 10, loadTest(60));
    const peak = Math.max(...history.map(({ tasks }) => tasks));
    expect(peak).toBeGreaterThanOrEqual(90);
    expect(peak).toBeLessThan(200);
    expect(history.at(-1)).toEqual({ cpu: 3, memory: 58, tasks: 10 });
  });

  it("never scales in after the same load without a separate memory level", () => {
    const history = simulate(scaling(), 240, 10, loadTest(60));
    expect(history.at(-1)!.tasks).toBe(Math.max(...history.map(({ tasks }) => tasks)));
  });

  it("does not oscillate under constant load", () => {
    const history = simulate(scaling({ memoryScaleInPercent: 65 }), 240, 10, loadTest(240));
    expect(new Set(history.slice(30).map(({ tasks }) => tasks)).size).toBe(1);
  });

  it("scales in to the minimum with two target groups too", () => {
    const template = scaling({ memoryScaleInPercent: 65 }, { deployment: BLUE_GREEN });
    expect(simulate(template, 240, 10, loadTest(60)).at(-1)!.tasks).toBe(10);
  });

  it("a small service scales out from one task and back", () => {
    const template = synthesized({}, { minTasks: 1 }).template;
    const history = simulate(template, 120, 1, (_, minute) => (minute < 20 ? { cpu: 75, memory: 30 } : IDLE));
    expect(Math.max(...history.map(({ tasks }) => tasks))).toBe(20);
    expect(history.at(-1)!.tasks).toBe(1);
  });
});
