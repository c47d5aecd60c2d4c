import { deploymentArguments, deploymentFaults, type Deployment } from "../../../modules/ecs/deployment";

const alarmNames = ["errors"];
const CANARY = {
  strategy: "canary",
  bakeMinutes: 5,
  canaryPercent: 10,
  canaryBakeMinutes: 15,
  alarmNames,
} as const;
const LINEAR = {
  strategy: "linear",
  bakeMinutes: 5,
  stepPercent: 30,
  stepBakeMinutes: 6,
  alarmNames,
} as const;

describe("deployment", () => {
  it.each<[string, Deployment, object]>([
    [
      "rolling uses the circuit breaker to roll back",
      { strategy: "rolling" },
      { deploymentCircuitBreaker: { enable: true, rollback: true }, alarms: undefined },
    ],
    [
      "rolling with alarms has both",
      { strategy: "rolling", alarmNames },
      {
        deploymentCircuitBreaker: { enable: true, rollback: true },
        alarms: { alarmNames: ["errors"], enable: true, rollback: true },
      },
    ],
    [
      "blue/green has alarms and no breaker",
      { strategy: "blueGreen", bakeMinutes: 10, alarmNames },
      {
        alarms: { alarmNames: ["errors"], enable: true, rollback: true },
        timeouts: { create: "40m", update: "40m" },
        deploymentConfiguration: { strategy: "BLUE_GREEN", bakeTimeInMinutes: "10" },
      },
    ],
    [
      "canary waits for both bake times",
      CANARY,
      {
        alarms: { alarmNames: ["errors"], enable: true, rollback: true },
        timeouts: { create: "50m", update: "50m" },
        deploymentConfiguration: {
          strategy: "CANARY",
          bakeTimeInMinutes: "5",
          canaryConfiguration: { canaryPercent: 10, canaryBakeTimeInMinutes: "15" },
        },
      },
    ],
    [
      "linear waits after each of its four steps",
      LINEAR,
      {
        alarms: { alarmNames: ["errors"], enable: true, rollback: true },
        timeouts: { create: "59m", update: "59m" },
        deploymentConfiguration: {
          strategy: "LINEAR",
          bakeTimeInMinutes: "5",
          linearConfiguration: { stepPercent: 30, stepBakeTimeInMinutes: "6" },
        },
      },
    ],
  ])("%s", (_, deployment, expected) => {
    expect(deploymentArguments(deployment)).toEqual(expected);
    expect(deploymentFaults(deployment)).toEqual([]);
  });

  it.each([0.1, 0.3, 5.5, 33.3, 100])("accepts a canary of %d percent", (canaryPercent) =>
    expect(deploymentFaults({ ...CANARY, canaryPercent })).toEqual([]),
  );

  it.each<[Deployment, string[]]>([
    [{ strategy: "rolling", alarmNames: ["a", "a"] }, ['alarmNames has "a" twice; name each alarm once']],
    [
      { strategy: "blueGreen", bakeMinutes: 1441, alarmNames: [] },
      [
        "alarmNames is empty; add at least one alarm, because nothing else can roll this strategy back",
        "bakeMinutes is 1441; write a whole number from 0 to 1440",
      ],
    ],
    [
      { ...CANARY, canaryPercent: 0.05, canaryBakeMinutes: -1 },
      [
        "canaryPercent is 0.05; write a percentage from 0.1 to 100 in steps of 0.1",
        "canaryBakeMinutes is -1; write a whole number from 0 to 1440",
      ],
    ],
    [
      { ...CANARY, canaryPercent: 100.1 },
      ["canaryPercent is 100.1; write a percentage from 0.1 to 100 in steps of 0.1"],
    ],
    [
      { ...CANARY, canaryPercent: 5.55 },
      ["canaryPercent is 5.55; write a percentage from 0.1 to 100 in steps of 0.1"],
    ],
    [
      { ...LINEAR, stepPercent: 2.9, stepBakeMinutes: 1.5 },
      [
        "stepPercent is 2.9; write a percentage from 3 to 100 in steps of 0.1",
        "stepBakeMinutes is 1.5; write a whole number from 0 to 1440",
      ],
    ],
  ])("%j is rejected with every fault", (deployment, faults) =>
    expect(deploymentFaults(deployment)).toEqual(faults),
  );
});
