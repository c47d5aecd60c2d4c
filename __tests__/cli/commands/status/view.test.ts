import { createColors } from "picocolors";
import { statusText } from "../../../../cli/commands/status/view";
import { HOUR, iso, T0 } from "../../../support/reaper-values";
import { ANSWERS } from "../../../support/status-answers";
import { setUp } from "../../../support/status-set-up";

const plain = createColors(false);

describe("statusText of a stack that", () => {
  it("has every kind of problem", async () => {
    const { table, look } = setUp();
    table.put({ hourlyCostUsd: 0.1, warnFault: "nobody listens", lastError: "denied" });
    expect(statusText(await look(), plain)).toBe(
      `automock-demo  account 111122223333, us-east-1, 2026-03-01T01:00:00Z
  tasks        3 of 4 running, 1 pending (scales from 2 to 20)
  deployment   PRIMARY IN_PROGRESS: automock-demo-mockserver:8, 2 of 4 running, 2 failed to start, two of four
               ACTIVE COMPLETED: automock-demo-mockserver:7, 1 of 4 running
  targets      2 healthy, 1 draining, 1 unhealthy (automock-demo-blue-1)
                 10.0.0.4:1080 unhealthy: Target.Timeout: Request timed out
                 10.0.0.3:1080 draining
               none registered (automock-demo-green-1 (gone))
  scaling      2026-03-01T00:00:00Z Successful: Setting desired count to 4.
  alarms       2 in ALARM, 1 without enough data, 1 OK, 1 scaling
                 ALARM a
                 ALARM b
                 no data: c
                 scaling: d
  time to live 3 h left, until 2026-03-01T04:00:00Z
               phase ACTIVE, owner team-a, 1 h old
               about $0.10 so far, $0.1000 per hour (an estimate at the minimum number of tasks)
               not deleted: nobody listens
               the last attempt to delete it failed: denied
               Deletion is enabled: expired environments are deleted.`,
    );
  });

  it("is in a region without prices of its own names whose they are", async () => {
    const { table, look } = setUp();
    table.put({ hourlyCostUsd: 0.1 });
    const elsewhere = { ...(await look()), region: "eu-west-1" };
    expect(statusText(elsewhere, plain)).toContain(
      "(an estimate at the minimum number of tasks, with the prices of us-east-1)",
    );
  });

  it("is shown in colours has the same text", async () => {
    const { table, look } = setUp();
    table.put({ hourlyCostUsd: 0.1, protected: true });
    const status = await look();
    const coloured = statusText(status, createColors(true));
    expect(coloured).toContain("\x1b[31m");
    // eslint-disable-next-line no-control-regex
    expect(coloured.replace(/\x1b\[\d+m/g, "")).toBe(statusText(status, plain));
    expect(statusText(status, plain)).toContain(
      `protected: not deleted, although it expires at ${iso(T0 + 4 * HOUR)}`,
    );
  });

  it("is not deleted where deletion is not enabled, and says so", async () => {
    const { table, look } = setUp();
    table.put();
    expect(statusText(await look(), plain)).toMatch(
      /\n {15}Deletion is enabled: expired environments are deleted\.$/,
    );
    table.deletionEnabled = false;
    expect(statusText(await look(), plain)).toMatch(
      /\n {15}Deletion is not enabled: the reaper only reports which ephemeral environments it would delete\. To enable it, run automock bootstrap --enable-deletion\.$/,
    );
  });

  it("has a cluster without a service", async () => {
    const { look } = setUp({ ...ANSWERS, ListServices: () => ({}) });
    expect(statusText(await look(), plain)).toContain("the cluster has no service");
  });

  it("has a faulty record", async () => {
    const { table, look } = setUp();
    table.put({ phase: "SLEEPING" });
    expect(statusText(await look(), plain)).toContain(
      '  time to live the record in the registry is invalid, so the reaper skips it:\n               phase is "SLEEPING"',
    );
  });

  it("is not deployed", async () => {
    const { look } = setUp({ DescribeClusters: () => ({ failures: [{ reason: "MISSING" }] }) });
    expect(statusText(await look(), plain).split("\n")[1]).toBe(
      "  state        not deployed: its cluster does not exist",
    );
  });
});
