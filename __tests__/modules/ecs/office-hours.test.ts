import { AutoScaling, type AutoScalingProps } from "../../../modules/ecs/auto-scaling";
import { argumentsOf } from "../../support/arguments-of";
import { testService } from "../../support/ecs";
import { testNames } from "../../support/names";
import { Template, type Resource } from "../../support/template";

const hours = { timeZone: "Europe/Berlin", startHour: 8, endHour: 20 };

function synthesized(props: Partial<AutoScalingProps>, minTasks = 2): Template {
  return Template.of((stack) => {
    new AutoScaling(stack, "scaling", {
      names: testNames,
      purpose: "api",
      service: testService(stack, { minTasks }),
      maxTasks: 5,
      ...props,
    });
  });
}

describe("office hours", () => {
  const template = synthesized({ officeHours: hours });
  const target = `aws_appautoscaling_target.${Object.keys(template.byId("aws_appautoscaling_target"))[0]}`;

  it("set the bounds in the morning of a weekday and set them to zero in the evening", () => {
    const at = {
      service_namespace: `\${${target}.service_namespace}`,
      scalable_dimension: `\${${target}.scalable_dimension}`,
      resource_id: `\${${target}.resource_id}`,
      timezone: "Europe/Berlin",
    };
    expect(template.all("aws_appautoscaling_scheduled_action").map((action) => argumentsOf(action))).toEqual([
      {
        ...at,
        name: "automock-test-api-start",
        schedule: "cron(0 8 ? * MON-FRI *)",
        scalable_target_action: { min_capacity: "2", max_capacity: "5" },
      },
      {
        ...at,
        name: "automock-test-api-stop",
        schedule: "cron(0 20 ? * MON-FRI *)",
        scalable_target_action: { min_capacity: "0", max_capacity: "0" },
      },
    ]);
  });

  it("make Terraform ignore the bounds", () =>
    expect(template.sole("aws_appautoscaling_target").lifecycle).toEqual({
      ignore_changes: ["min_capacity", "max_capacity"],
    }));

  it("are optional", () => {
    const always = synthesized({});
    expect(always.all("aws_appautoscaling_scheduled_action")).toEqual([]);
    expect(always.sole("aws_appautoscaling_target")).not.toHaveProperty("lifecycle");
  });

  it.each([
    [{ startHour: -1, endHour: 20 }, "officeHours: startHour is -1; write a whole number from 0 to 22"],
    [{ startHour: 8, endHour: 8 }, "officeHours: endHour is 8; write a whole number from 9 to 23"],
    [{ startHour: 8, endHour: 24 }, "officeHours: endHour is 24; write a whole number from 9 to 23"],
  ])("%j are rejected", (given, message) =>
    expect(() => synthesized({ officeHours: { ...hours, ...given } })).toThrow(message),
  );
});

describe("scaling without requests", () => {
  const template = synthesized({ requestSteps: "none" });

  it("adds and removes tasks based on CPU and memory only", () => {
    const alarms = template.all("aws_cloudwatch_metric_alarm");
    expect(alarms.map(({ alarm_name }) => alarm_name).sort()).toEqual([
      "automock-test-api-scale-cpu-out",
      "automock-test-api-scale-in",
      "automock-test-api-scale-memory-out",
    ]);
    const shrink = alarms.find(({ alarm_name }) => String(alarm_name).endsWith("-in"))!;
    expect(shrink.alarm_description).toBe("Removes tasks: CPU below 40 % and memory below 40 %");
    expect(shrink.metric_query.map(({ id, expression }: Resource) => [id, expression])).toEqual([
      ["pressure", "IF(FILL(cpu, -1) >= 0 AND FILL(memory, -1) >= 0, MAX([cpu, memory]))"],
      ["cpu", undefined],
      ["memory", undefined],
    ]);
  });
});

it("a service can have zero tasks until its image exists", () => {
  const template = synthesized({}, 0);
  expect(template.sole("aws_ecs_service").desired_count).toBe(0);
  expect(template.sole("aws_appautoscaling_target").min_capacity).toBe(0);
});
