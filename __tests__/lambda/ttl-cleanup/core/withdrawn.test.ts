import { reap } from "../../../../lambda/ttl-cleanup/core/reaper";
import { drive } from "../../../support/reaper-driver";
import type { FakeAws } from "../../../support/reaper-fakes";
import { typicalAws } from "../../../support/reaper-graphs";
import { HOUR, iso, MINUTE, T0 } from "../../../support/reaper-values";

const EXPIRY = T0 + 4 * HOUR;

/** Warned 62 minutes before its expiry, and 30 minutes left. */
async function warnedAws(): Promise<FakeAws> {
  const aws = typicalAws();
  await drive(aws, { untilMs: 4 * HOUR - 30 * MINUTE });
  expect(aws.notices.map(({ owner }) => owner)).toEqual(["team-a"]);
  return aws;
}

/** Someone changes the record by hand, and its stream tells the reaper. */
async function change(aws: FakeAws, changes: object): Promise<void> {
  aws.records.set("pr-1", { ...aws.records.get("pr-1")!, ...changes });
  await reap(aws.world(), { kind: "stream", environment: "pr-1" });
}

describe("a warning does not count any more", () => {
  it("when the expiry is moved away and back again: the people believed in the later one", async () => {
    const aws = await warnedAws();
    await change(aws, { expiresAt: iso(EXPIRY + 24 * HOUR) });
    expect(aws.records.get("pr-1")).toMatchObject({ phase: "ACTIVE" });
    expect(aws.records.get("pr-1")).not.toHaveProperty("warnFor");
    aws.now = EXPIRY + 6 * HOUR;
    await change(aws, { expiresAt: iso(EXPIRY) });
    expect(aws.mutations).toEqual([]);
    await drive(aws, { untilMs: 14 * HOUR });
    expect(aws.notices.map(({ kind }) => kind)).toEqual(["warning", "warning", "completion"]);
    expect(aws.mutations[0]!.at).toBeGreaterThanOrEqual(EXPIRY + 6 * HOUR + 55 * MINUTE);
    expect(aws.violations).toEqual([]);
  });

  it("when the environment gets another owner: the new one is warned, and has 55 minutes", async () => {
    const aws = await warnedAws();
    aws.now = EXPIRY - 10 * MINUTE;
    await change(aws, { owner: "team-b" });
    expect(aws.notices.map(({ owner }) => owner)).toEqual(["team-a", "team-b"]);
    expect(aws.records.get("pr-1")).toMatchObject({
      warnedOwner: "team-b",
      warnedAt: iso(EXPIRY - 10 * MINUTE),
    });
    await drive(aws, { untilMs: 8 * HOUR });
    expect(aws.mutations[0]!.at).toBeGreaterThanOrEqual(EXPIRY + 45 * MINUTE);
    expect(aws.done).toHaveLength(1);
  });
});
