import { reap } from "../../../../lambda/ttl-cleanup/core/reaper";
import { drive } from "../../../support/reaper-driver";
import type { FakeAws } from "../../../support/reaper-fakes";
import { small } from "../../../support/reaper-passes";
import { Crash, HOUR, MINUTE, named, T0, type FakeResource } from "../../../support/reaper-values";

const nats = (count: number): FakeResource[] =>
  Array.from({ length: count }, (_, i) => ({ type: "nat", id: `n${i}`, deleteMs: (i + 1) * 5000 }));

const deleted = (aws: FakeAws) => aws.done.map(({ proof }) => proof.deleted);

/** Takes the environment's tag off: in the state or not, nothing proves it any more. */
function disown(aws: FakeAws, key: string): void {
  const one = aws.resources.get(key)!;
  aws.resources.set(key, { ...one, environment: undefined, tags: {} });
  const state = aws.state.get("automock/pr-1/terraform.tfstate")!;
  state.resources = state.resources.filter(({ ids }) => !ids.includes(one.id));
}

describe("a report counts what was really deleted", () => {
  it("wherever the process dies, each resource once", async () => {
    const probe = small(...nats(4));
    await drive(probe, { untilMs: 8 * HOUR });
    expect(deleted(probe)).toEqual([{ nat: 4 }]);
    const counts = new Set<string>();
    for (let at = 1; at <= probe.calls; at++) {
      const aws = small(...nats(4));
      let died = false;
      aws.before = (_name, call) => {
        if (died || call !== at) return;
        died = true;
        throw new Crash("killed");
      };
      await drive(aws, { untilMs: 12 * HOUR });
      counts.add(JSON.stringify(deleted(aws)));
      expect(aws.violations).toEqual([]);
    }
    expect([...counts]).toEqual(['[{"nat":4}]']);
  });

  it("a deletion that is stopped and goes on later counts each resource once", async () => {
    const aws = small(...nats(3));
    let stopped = false;
    aws.before = (name) => {
      if (name !== "nat.look" || stopped || aws.present().length === 3) return;
      stopped = true;
      aws.records.set("pr-1", { ...aws.records.get("pr-1")!, protected: true });
    };
    await drive(aws, { untilMs: 6 * HOUR });
    const kept = aws.notices.find(({ subject }) => subject === "pr-1 is kept, but its deletion had begun");
    expect(kept!.text).toMatch(/\n[12] resources are known to be deleted/);
    aws.records.set("pr-1", { ...aws.records.get("pr-1")!, protected: false });
    await drive(aws, { untilMs: 12 * HOUR });
    expect(deleted(aws)).toEqual([{ nat: 3 }]);
  });

  it("what stops being the environment's while it is deleted stays and is not counted", async () => {
    const aws = small({ type: "nat", id: "n", deleteMs: MINUTE }, { type: "eip", id: "e" });
    aws.after = (name) => {
      if (name === "nat.remove") disown(aws, "eip e");
    };
    await drive(aws, { untilMs: 8 * HOUR });
    expect(aws.mutations.map(({ key }) => key)).toEqual(["nat n"]);
    expect(aws.present().map(({ id }) => id)).toEqual(["e"]);
    expect(deleted(aws)).toEqual([{ nat: 1 }]);
  });

  it("also when another list fails at that moment", async () => {
    const aws = small({ type: "nat", id: "n", deleteMs: MINUTE }, { type: "eip", id: "e" });
    aws.before = (name) => {
      if (name === "vpc.list" && aws.mutations.length > 0 && aws.now < T0 + 5 * HOUR)
        throw named("InternalError");
    };
    aws.after = (name) => {
      if (name === "nat.remove") disown(aws, "eip e");
    };
    await drive(aws, { untilMs: 10 * HOUR });
    expect(aws.mutations.map(({ key }) => key)).toEqual(["nat n"]);
    expect(deleted(aws)).toEqual([{ nat: 1 }]);
  });

  it("what stops being the environment's between two passes is not counted", async () => {
    const aws = small({ type: "nat", id: "n" }, { type: "eip", id: "e", never: { kind: "bug", error: "x" } });
    await reap(aws.world(), { kind: "schedule", name: "expire", environment: "pr-1" });
    expect(aws.records.get("pr-1")).toMatchObject({ deleted: { nat: 1 } });
    disown(aws, "eip e");
    await drive(aws, { untilMs: 10 * HOUR });
    expect(deleted(aws)).toEqual([{ nat: 1 }]);
  });
});
