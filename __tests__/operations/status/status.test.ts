import type { StackStatus } from "../../../operations/status/status";
import { UserError } from "../../../contract/user-error";
import { prodEnvironment } from "../../support/environments";
import { ACCOUNT, HOUR, iso, REGION, T0 } from "../../support/reaper-values";
import { ANSWERS } from "../../support/status-answers";
import { located, setUp } from "../../support/status-set-up";

const noCluster = { DescribeClusters: () => ({ failures: [{ reason: "MISSING" }] }) };

describe("a deployed stack", () => {
  it("is described by what AWS says now", async () => {
    const { table, fakes, look } = setUp();
    table.put({ hourlyCostUsd: 0.1 });
    const status = await look();
    expect(status).toEqual<StackStatus>({
      stack: "automock-demo",
      system: "automock",
      environment: "demo",
      accountId: ACCOUNT,
      region: REGION,
      at: "2026-03-01T01:00:00Z",
      deployed: true,
      services: [
        {
          cluster: "automock-demo",
          service: "automock-demo-mockserver",
          running: 3,
          desired: 4,
          pending: 1,
          deployments: [
            {
              status: "PRIMARY",
              rolloutState: "IN_PROGRESS",
              reason: "two of four",
              taskDefinition: "automock-demo-mockserver:8",
              running: 2,
              desired: 4,
              failedTasks: 2,
            },
            {
              status: "ACTIVE",
              rolloutState: "COMPLETED",
              reason: "done",
              taskDefinition: "automock-demo-mockserver:7",
              running: 1,
              desired: 4,
              failedTasks: 0,
            },
          ],
          targetGroups: [
            {
              name: "automock-demo-blue-1",
              targets: { healthy: 2, unhealthy: 1, draining: 1 },
              notHealthy: [
                {
                  target: "10.0.0.4:1080",
                  state: "unhealthy",
                  reason: "Target.Timeout: Request timed out",
                },
                { target: "10.0.0.3:1080", state: "draining" },
              ],
            },
            { name: "automock-demo-green-1 (gone)", targets: {}, notHealthy: [] },
          ],
          minTasks: 2,
          maxTasks: 20,
          scalingActivities: [
            {
              at: "2026-03-01T00:00:00Z",
              status: "Successful",
              description: "Setting desired count to 4.",
              cause: "alarm cpu",
            },
          ],
        },
      ],
      alarms: { alarm: ["a", "b"], scaling: ["d"], insufficientData: ["c"], ok: 1 },
      deletionEnabled: true,
      timeToLive: {
        environment: "demo",
        system: "automock",
        stack: "automock-demo",
        owner: "team-a",
        phase: "ACTIVE",
        protected: false,
        createdAt: iso(T0),
        expiresAt: iso(T0 + 4 * HOUR),
        maxExpiresAt: iso(T0 + 336 * HOUR),
        ageMinutes: 60,
        minutesLeft: 180,
        usdHourly: { expected: 0.1 },
        usdSoFar: 0.1,
      },
    });
    const asked = (command: string) =>
      fakes.calls.filter(([name]) => name === command).map(([, input]) => input);
    expect(asked("DescribeServices")).toEqual([
      { cluster: "automock-demo", services: ["arn:service", "arn:old"] },
    ]);
    expect(asked("DescribeScalableTargets")).toEqual([
      { ServiceNamespace: "ecs", ResourceIds: ["service/automock-demo/automock-demo-mockserver"] },
    ]);
    expect(asked("GetResources")[0]!.TagFilters).toEqual([
      { Key: "automock:system", Values: ["automock"] },
      { Key: "automock:environment", Values: ["demo"] },
    ]);
    expect(asked("DescribeAlarms").map(({ AlarmNames }) => AlarmNames)).toEqual([["b", "a", "c", "d", "e"]]);
  });

  it("has no time to live when it is permanent; the registry is not even asked", async () => {
    const { table, look } = setUp();
    table.missing = true;
    const status = await look({ ref: { ...located.ref, definition: prodEnvironment } });
    expect(status.deployed).toBe(true);
    expect("timeToLive" in status).toBe(false);
    expect("deletionEnabled" in status).toBe(false);
  });

  it("may have a cluster without a service", async () => {
    const { look } = setUp({ ...ANSWERS, ListServices: () => ({}) });
    const status = await look();
    expect(status.services).toEqual([]);
  });

  it("has the faults of its record", async () => {
    const { table, look } = setUp();
    table.put({ phase: "SLEEPING" });
    const status = await look();
    expect(status.recordFaults).toHaveLength(1);
  });
});

describe("a stack that is not deployed", () => {
  it("is said to be so, with the terms of a record that is still there", async () => {
    const { table, look } = setUp(noCluster);
    expect(await look()).toEqual({
      stack: "automock-demo",
      system: "automock",
      environment: "demo",
      accountId: ACCOUNT,
      region: REGION,
      at: "2026-03-01T01:00:00Z",
      deployed: false,
      services: [],
      alarms: { alarm: [], scaling: [], insufficientData: [], ok: 0 },
    });
    table.put({ phase: "DELETING" });
    const status = await look();
    expect(status).toMatchObject({ deployed: false, timeToLive: { phase: "DELETING" } });
  });

  it("is one whose deleted cluster AWS still remembers, services and all", async () => {
    const { look } = setUp({ ...ANSWERS, DescribeClusters: () => ({ clusters: [{ status: "INACTIVE" }] }) });
    expect(await look()).toMatchObject({ deployed: false, services: [] });
  });

  it("and without a file is one that nobody knows", async () => {
    const { table, look } = setUp(noCluster);
    const unknown = new UserError("There is no stack automock-demo");
    await expect(look({ ...located, unknown })).rejects.toBe(unknown);
    table.put();
    expect(await look({ ...located, unknown })).toMatchObject({ deployed: false });
    // The record belongs to AutoMock's stack.
    const ref = { ...located.ref, id: "task-api-demo", system: "task-api" as const };
    await expect(look({ ref, unknown })).rejects.toBe(unknown);
  });

  it("is not confused with another system of the same environment", async () => {
    const { table, look } = setUp(noCluster);
    table.put();
    const status = await look({ ref: { ...located.ref, id: "task-api-demo", system: "task-api" } });
    expect("timeToLive" in status).toBe(false);
  });

  it("is not what an error of AWS means", async () => {
    const refused = new Error("not allowed");
    const { look } = setUp({
      DescribeClusters: () => {
        throw refused;
      },
    });
    await expect(look()).rejects.toBe(refused);
  });
});
