import { drive } from "../../../support/reaper-driver";
import { expiredAws, sent, small } from "../../../support/reaper-passes";
import { HOUR, named } from "../../../support/reaper-values";
import type { FakeAws } from "../../../support/reaper-fakes";

/** Lets hourly ticks pass, and returns the notices that were sent meanwhile. */
async function after(aws: FakeAws, untilHours: number): Promise<string[]> {
  const before = sent(aws).length;
  await drive(aws, { untilMs: untilHours * HOUR });
  return sent(aws).slice(before);
}

const change = (aws: FakeAws, changes: object) =>
  aws.records.set("pr-1", { ...aws.records.get("pr-1")!, ...changes });

const INVALID = "alarm: The record of pr-1 cannot be read";

describe("one mail per event", () => {
  it("an invalid record: once, again when it changes, and again when it comes back after a correction", async () => {
    const aws = expiredAws();
    const { expiresAt } = aws.records.get("pr-1")!;
    change(aws, { expiresAt: "2026-03-01T04:00:00" });
    expect(await after(aws, 10)).toEqual([INVALID]);
    expect(aws.notices.at(-1)).toMatchObject({ kind: "alarm", owner: "team-a" });
    expect(aws.metrics.RecordsInvalid).toBeGreaterThan(4);
    change(aws, { expiresAt: "2026-03-01T05:00:00" });
    expect(await after(aws, 16)).toEqual([INVALID]);
    change(aws, { expiresAt, protected: true });
    expect(await after(aws, 18)).toEqual([]);
    change(aws, { expiresAt: "2026-03-01T05:00:00" });
    expect(await after(aws, 24)).toEqual([INVALID]);
    expect(aws.mutations).toEqual([]);
  });

  it("an invalid record without an owner: to the operators", async () => {
    const aws = expiredAws();
    change(aws, { owner: 7 });
    expect(await after(aws, 10)).toEqual([INVALID]);
    expect(aws.notices.at(-1)!.owner).toBeUndefined();
    expect(aws.notices.at(-1)!.text).toContain("pr-1 (owner unknown, account 111122223333, us-east-1)");
  });

  it.each<[string, number | undefined, string]>([
    ["a stale lock", -30 * HOUR, "120 min old"],
    ["a lock that cannot be read", undefined, "of unknown age"],
  ])("%s: every day, and at once when another lock takes its place", async (_what, createdAgo, age) => {
    const aws = expiredAws();
    const lock = (id: string) => ({
      id,
      who: "ann@laptop",
      ...(createdAgo !== undefined && { created: aws.now + createdAgo }),
    });
    aws.locks.set("automock/pr-1/terraform.tfstate", lock("lock-1"));
    const mail = "failure: pr-1 is not deleted: state-lock";
    expect(await after(aws, 12)).toEqual([mail]);
    expect(aws.notices.at(-1)!.text).toContain(age === "120 min old" ? "min old" : age);
    expect(aws.notices.at(-1)!.text).toContain("npx automock plan automock-pr-1 says how to release it");
    expect(await after(aws, 60)).toEqual([mail, mail]);
    aws.locks.set("automock/pr-1/terraform.tfstate", lock("lock-2"));
    expect((await after(aws, 63)).length).toBe(1);
    expect(aws.mutations).toEqual([]);
  });

  it("two problems that take turns: each once", async () => {
    const aws = small({ type: "nat", id: "n", never: { kind: "bug", error: "x" } }, { type: "lb", id: "l" });
    let hour = 0;
    aws.before = (name) => {
      if (name === "registry.listOpen") hour += 1;
      if (name === "lb.list" && hour % 2 === 0) throw named("InternalError");
      if (name === "lb.remove") throw named("ValidationException");
    };
    expect(await after(aws, 30)).toEqual([
      "failure: pr-1 cannot be deleted: 2 problems",
      "failure: pr-1 cannot be deleted: 2 problems",
    ]);
    expect(aws.records.get("pr-1")!.failureSentFor!.split(" ")).toHaveLength(2);
  });

  it("a deletion that is stopped twice: each time", async () => {
    const aws = small(
      { type: "nat", id: "n" },
      { type: "lb", id: "l", never: { kind: "blocked", by: ["x"] } },
    );
    const stopOnce = () => {
      let stopped = false;
      aws.after = (name) => {
        if (name !== "nat.remove" && name !== "lb.remove") return;
        if (!stopped) change(aws, { protected: true });
        stopped = true;
      };
    };
    stopOnce();
    const kept = "failure: pr-1 is kept, but its deletion had begun";
    expect(await after(aws, 8)).toEqual([kept]);
    change(aws, { protected: false });
    stopOnce();
    expect(await after(aws, 14)).toEqual(["warning: pr-1 will be deleted at 2026-03-01T04:00:00Z", kept]);
  });
});
