import { HOUR, iso, MINUTE, T0 } from "../../../support/reaper-values";
import { drive } from "../../../support/reaper-driver";
import { typicalAws } from "../../../support/reaper-graphs";

it("lives, is announced, disappears completely, and only it", async () => {
  const aws = typicalAws();
  const others = () => JSON.stringify(aws.present().filter(({ environment }) => environment !== "pr-1"));
  const before = others();
  const { errors } = await drive(aws, { untilMs: 6 * HOUR });

  expect(errors).toEqual([]);
  expect(aws.violations).toEqual([]);
  expect(aws.presentOf("pr-1")).toEqual([]);
  expect(others()).toBe(before);
  expect(aws.notices.map(({ kind, environment }) => [kind, environment])).toEqual([
    ["warning", "pr-1"],
    ["completion", "pr-1"],
  ]);
  expect(aws.notices[0]!.at).toBe(T0 + 4 * HOUR - 62 * MINUTE);
  expect(aws.done).toHaveLength(1);
  const { record, proof, at } = aws.done[0]!;
  expect(at - (T0 + 4 * HOUR)).toBeLessThan(5 * MINUTE);
  expect(proof.listings).toHaveLength(2);
  expect(Date.parse(proof.listings[1]!.at) - Date.parse(proof.listings[0]!.at)).toBeGreaterThanOrEqual(
    30_000,
  );
  expect(proof.deleted).toEqual({
    eip: 1,
    eni: 1,
    igw: 1,
    lb: 1,
    listener: 1,
    logs: 1,
    nat: 1,
    role: 1,
    scaling: 1,
    service: 1,
    sg: 1,
    subnet: 1,
    vpc: 1,
  });
  expect(record.lockId).toBeUndefined();
  const phases = aws.audit.filter(({ action }) => action === "phase").map(({ outcome }) => outcome);
  expect(phases).toEqual([
    "WARNED -> EXPIRED",
    "DELETING -> FINALIZING",
    "FINALIZING -> VERIFYING",
    "VERIFYING -> STATE_RESET",
    "STATE_RESET -> DONE",
  ]);
  expect(aws.metrics).toMatchObject({ WarningsSent: 1, CleanupSucceeded: 1, ResourcesDeleted: 13 });
  expect(aws.metrics.CleanupDurationMs).toBe(proof.durationMs);
  expect(aws.metrics.PassDurationMs).toBeGreaterThanOrEqual(proof.durationMs);
  expect(aws.metrics).not.toHaveProperty("CleanupFailed");
  // Numbered without a gap in each pass, and never back in time.
  for (const passId of new Set(aws.audit.map((line) => line.passId))) {
    const lines = aws.audit.filter((line) => line.passId === passId && line.environment === "pr-1");
    expect(lines.map(({ seq }) => seq)).toEqual(lines.map((_line, index) => index + 1));
    expect(lines.map(({ at }) => at)).toEqual(lines.map(({ at }) => at).sort((a, b) => a - b));
  }
  expect(aws.state.get("automock/pr-1/terraform.tfstate")).toEqual({ serial: 8, resources: [] });
  expect(aws.schedules.has("pr-1")).toBe(false);
  // No tick before the last one looks at the clock of what lives for two more weeks.
  expect(aws.schedules.get("pr-1-b")).toEqual({});
  expect(iso(aws.now)).toMatch(/^2026-03-01T05/);
});
