import fc from "fast-check";
import { extension } from "../../../../contract/extension";
import { orderFaults } from "../../../support/order-faults";
import { drive } from "../../../support/reaper-driver";
import { type FakeAws } from "../../../support/reaper-fakes";
import { randomAws, typicalAws } from "../../../support/reaper-graphs";
import { Crash, HOUR, MINUTE, named, T0 } from "../../../support/reaper-values";
import { examples, sample } from "../../../support/examples";

const EXPIRY = T0 + 4 * HOUR;

/** What must hold however it went, and that it went to its end. */
function expectClean(aws: FakeAws, others: string): void {
  expect(aws.violations).toEqual([]);
  expect(aws.presentOf("pr-1")).toEqual([]);
  expect(aws.records.has("pr-1")).toBe(false);
  expect(aws.done.map(({ record }) => record.environment)).toEqual(["pr-1"]);
  expect(aws.state.get("automock/pr-1/terraform.tfstate")).toEqual({ serial: 8, resources: [] });
  expect(aws.locks.size).toBe(0);
  expect(aws.schedules.has("pr-1")).toBe(false);
  expect(othersOf(aws)).toBe(others);
}

function othersOf(aws: FakeAws): string {
  return JSON.stringify(aws.present().filter(({ environment }) => environment !== "pr-1"));
}

const kinds = (aws: FakeAws) => aws.notices.map(({ kind }) => kind);

describe("random graphs", () => {
  it("end with everything gone, nothing else touched, one warning and one report", () =>
    fc.assert(
      fc.asyncProperty(randomAws(), async (aws) => {
        expect(orderFaults(aws.types.map((type) => ({ layer: "workload", after: [], ...type })))).toEqual([]);
        const others = othersOf(aws);
        await drive(aws, { untilMs: 12 * HOUR });
        expectClean(aws, others);
        expect(kinds(aws).filter((kind) => kind === "warning")).toHaveLength(1);
        expect(kinds(aws).filter((kind) => kind === "completion")).toHaveLength(1);
      }),
      { numRuns: examples(70) },
    ));

  it("end the same with short invocations, so that every cleanup is resumed", () =>
    fc.assert(
      fc.asyncProperty(randomAws(), async (aws) => {
        const others = othersOf(aws);
        await drive(aws, { untilMs: 24 * HOUR, limitMs: 200_000 });
        expectClean(aws, others);
      }),
      { numRuns: examples(70) },
    ));

  it("end the same when calls fail at random", () =>
    fc.assert(
      fc.asyncProperty(randomAws(), fc.integer(), fc.constantFrom(0.05, 0.15), async (aws, seed, rate) => {
        const others = othersOf(aws);
        let state = seed >>> 0;
        const random = () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32;
        // An identity or clock that fails stops a pass; that is another test's matter. The faults end one day:
        // with so many there is always a small chance that no pass of a given time gets through.
        const fail = (name: string) => {
          if (aws.now > EXPIRY + 12 * HOUR) return;
          if (/^(type\d|notifier|schedules|state|lock|discovery|residual)/.test(name) && random() < rate) {
            throw named(random() < 0.5 ? "ThrottlingException" : "InternalError");
          }
        };
        aws.before = fail;
        aws.after = fail;
        await drive(aws, { untilMs: 36 * HOUR });
        expectClean(aws, others);
      }),
      { numRuns: examples(70) },
    ));

  it("end the same when every event comes twice at once", () =>
    fc.assert(
      fc.asyncProperty(randomAws(), async (aws) => {
        const others = othersOf(aws);
        await drive(aws, { untilMs: 12 * HOUR, twice: true });
        expectClean(aws, others);
        expect(kinds(aws).filter((kind) => kind === "warning")).toHaveLength(1);
        expect(kinds(aws).filter((kind) => kind === "completion")).toHaveLength(1);
      }),
      { numRuns: examples(70) },
    ));
});

describe("a crash at a call", () => {
  it("and a resume end in the same state", async () => {
    const whole = typicalAws();
    await drive(whole, { untilMs: 6 * HOUR });
    const total = whole.calls;
    expect(total).toBeGreaterThan(150);
    for (const k of sample([...Array(total).keys()], 5)) {
      for (const side of ["before", "after"] as const) {
        const aws = typicalAws();
        const others = othersOf(aws);
        aws[side] = (_name, call) => {
          if (call === k + 1) throw new Crash(`${side} call ${k + 1}`);
        };
        await drive(aws, { untilMs: 12 * HOUR });
        expectClean(aws, others);
        // Sent twice only when the crash fell between sending and recording; never missed.
        const warnings = kinds(aws).filter((kind) => kind === "warning").length;
        const completions = kinds(aws).filter((kind) => kind === "completion").length;
        expect([1, 2]).toContain(warnings);
        expect([1, 2]).toContain(completions);
        expect(warnings + completions).toBeLessThanOrEqual(3);
      }
    }
  });
});

describe("an extension", () => {
  it("at any call is honoured, or refused because the deletion has begun", async () => {
    const whole = typicalAws();
    await drive(whole, { untilMs: 6 * HOUR });
    const total = whole.calls;
    let honoured = 0;
    let refused = 0;
    for (let k = 1; k <= total; k++) {
      const aws = typicalAws();
      const others = othersOf(aws);
      let extended: boolean | undefined;
      aws.before = (_name, call) => {
        if (call !== k || extended !== undefined) return;
        // Straight to the table, as the command line does from another process.
        const record = aws.records.get("pr-1");
        const moved = record && extension(record, 6 * HOUR, aws.now);
        extended = moved?.kind === "to";
        if (moved?.kind === "to") aws.records.set("pr-1", { ...record!, expiresAt: moved.expiresAt });
      };
      await drive(aws, { untilMs: 24 * HOUR });
      expectClean(aws, others);
      const first = aws.mutations[0]!.at;
      if (extended) {
        honoured += 1;
        expect(first).toBeGreaterThanOrEqual(EXPIRY + 6 * HOUR);
      } else {
        expect(extended).toBe(false);
        refused += 1;
        expect(first).toBeLessThan(EXPIRY + HOUR);
      }
    }
    expect(honoured).toBeGreaterThan(20);
    expect(refused).toBeGreaterThan(20);
  });

  it("written by hand stops a deletion that has begun, at the next round", async () => {
    const aws = typicalAws();
    let at = Infinity;
    aws.before = (name) => {
      if (name !== "nat.look" || at < Infinity) return;
      at = aws.now;
      const record = aws.records.get("pr-1")!;
      aws.records.set("pr-1", { ...record, expiresAt: "2026-03-02T00:00:00Z" });
    };
    await drive(aws, { untilMs: 20 * HOUR });
    expect(aws.mutations.filter((one) => one.at > at + MINUTE)).toEqual([]);
    expect(aws.locks.size).toBe(0);
    const { phase, firstDeleteAt, lockId } = aws.records.get("pr-1")!;
    expect([phase, firstDeleteAt, lockId]).toEqual(["ACTIVE", undefined, undefined]);
    expect(aws.schedules.get("pr-1")).toMatchObject({ expire: Date.parse("2026-03-02T00:00:00Z") });
    expect(kinds(aws)).toEqual(["warning", "failure"]);
    expect(aws.notices[1]!.subject).toBe("pr-1 is kept, but its deletion had begun");

    await drive(aws, { untilMs: 26 * HOUR });
    expect(aws.done).toHaveLength(1);
    expect(kinds(aws)).toEqual(["warning", "failure", "warning", "completion"]);
  });
});
