import fc from "fast-check";
import { ENVIRONMENT_NAME, PERMANENT_NAMES } from "../../contract/permanent-names";
import { draftEnvironment } from "../../cli/commands/init/draft";
import { environmentSchema } from "../../environments/schema/schema";
import { refusals } from "../../lambda/ttl-cleanup/core/gates";
import { ephemeralInput, prodEnvironment, stagingEnvironment } from "../support/environments";
import { CONFIG, HOUR, iso, recordOf, REGION, T0 } from "../support/reaper-values";

/** The gates of the reaper that an expired, announced environment of this name finds shut. */
function shutFor(environment: string): string[] {
  const expiresAt = iso(T0 + 4 * HOUR);
  const record = recordOf({ environment, warnFor: expiresAt, warnedAt: iso(T0) });
  const now = T0 + 5 * HOUR;
  const identity = { accountId: record.accountId, region: REGION };
  const input = { environment, record, config: CONFIG, identity, now, authority: now, deletionEnabled: true };
  return refusals(input).map(({ gate }) => gate);
}

describe.each(PERMANENT_NAMES)("the reserved name %s", (name) => {
  it("is refused with a time to live, by init, and by the reaper", () => {
    const parsed = environmentSchema.safeParse({ ...ephemeralInput, name });
    expect(parsed.error?.issues.map(({ path }) => path.join("."))).toContain("ttlHours");
    const { faults } = draftEnvironment({ name, ttl: "4h", like: "staging" }, [
      prodEnvironment,
      stagingEnvironment,
    ]);
    expect(faults.map(({ path }) => path)).toEqual(["name"]);
    expect(shutFor(name)).toEqual(["name"]);
  });
});

it("are all that the reaper refuses of the names that synth takes", () =>
  fc.assert(
    fc.property(
      fc.stringMatching(ENVIRONMENT_NAME).filter((name) => name.length <= 16),
      (name) => {
        fc.pre(!PERMANENT_NAMES.includes(name));
        expect(environmentSchema.safeParse({ ...ephemeralInput, name }).success).toBe(true);
        expect(shutFor(name)).toEqual([]);
      },
    ),
  ));
