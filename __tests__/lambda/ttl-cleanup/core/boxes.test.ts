import { BOX_TAG } from "../../../../contract/admin-box";
import type { BoxInstance } from "../../../../lambda/ttl-cleanup/core/ports";
import { runTick } from "../../../../lambda/ttl-cleanup/core/tick";
import { FakeAws } from "../../../support/reaper-fakes";
import { TYPES } from "../../../support/reaper-graphs";
import { ACCOUNT, HOUR, MINUTE, named, T0 } from "../../../support/reaper-values";

const PROFILE = `arn:aws:iam::${ACCOUNT}:instance-profile/admin-staging-box`;
const seconds = (at: number) => String(at / 1000);

/** A box of four hours, launched at T0. */
function box(id: string, tags: Record<string, string | undefined> = {}, changes: Partial<BoxInstance> = {}) {
  const all = {
    "automock:system": "admin",
    "automock:environment": "staging",
    "automock:ephemeral": "false",
    [BOX_TAG.launchedBy]: "AROA:someone",
    [BOX_TAG.expiresAt]: seconds(T0 + 4 * HOUR),
    ...tags,
  };
  const given = Object.entries(all).filter((tag): tag is [string, string] => tag[1] !== undefined);
  return { id, tags: Object.fromEntries(given), launchedAt: T0, instanceProfileArn: PROFILE, ...changes };
}

/** One tick so long after T0. */
async function tickAt(
  at: number,
  boxes: readonly BoxInstance[],
  change: (aws: FakeAws) => void = () => undefined,
) {
  const aws = new FakeAws(TYPES);
  aws.now = T0 + at;
  for (const one of boxes) aws.boxes.set(one.id, one);
  change(aws);
  const failed = await runTick(aws.world()).then(
    () => undefined,
    (error: Error) => error.message,
  );
  return { aws, failed, left: [...aws.boxes.keys()] };
}

const notes = (aws: FakeAws) =>
  aws.audit
    .filter(({ action }) => action === "box")
    .map(({ resource, outcome, error }) => [resource, outcome, error]);

it("ends a box past its expiry, and no other", async () => {
  const late = box("i-late", { [BOX_TAG.expiresAt]: seconds(T0 + 5 * HOUR) });
  const { aws, failed, left } = await tickAt(4 * HOUR, [box("i-over"), late]);
  expect(failed).toBeUndefined();
  expect(left).toEqual(["i-late"]);
  expect(notes(aws)).toEqual([
    ["ec2:instance i-over", "terminated", "its time ended at 2026-03-01T04:00:00Z"],
  ]);
  expect(aws.metrics.BoxesEnded).toBe(1);
});

it.each([
  ["a second before its expiry", 4 * HOUR - 1000, {}, false],
  [
    "with an expiry after its maximum, at the maximum",
    12 * HOUR,
    { [BOX_TAG.expiresAt]: seconds(T0 + 400 * HOUR) },
    true,
  ],
  [
    "with such an expiry, before the maximum",
    12 * HOUR - 1000,
    { [BOX_TAG.expiresAt]: seconds(T0 + 400 * HOUR) },
    false,
  ],
  ["without a readable expiry", 5 * MINUTE, { [BOX_TAG.expiresAt]: "tomorrow" }, true],
  ["with a negative expiry", 5 * MINUTE, { [BOX_TAG.expiresAt]: "-1" }, true],
  ["without any expiry", 5 * MINUTE, { [BOX_TAG.expiresAt]: undefined }, true],
  ["without any expiry in its first minutes", 5 * MINUTE - 1, { [BOX_TAG.expiresAt]: undefined }, false],
  ["that is protected", 100 * HOUR, { "automock:protected": "true" }, false],
])("a box %s", async (_what, at, tags, ended) => {
  const { left } = await tickAt(at, [box("i-1", tags)]);
  expect(left).toEqual(ended ? [] : ["i-1"]);
});

describe("someone else's instance with the tags of a box", () => {
  it.each<[string, Record<string, string | undefined>, Partial<BoxInstance>]>([
    ["without an instance profile", {}, { instanceProfileArn: undefined }],
    ["with its own profile", {}, { instanceProfileArn: `arn:aws:iam::${ACCOUNT}:instance-profile/web` }],
    [
      "with the profile of another account",
      {},
      { instanceProfileArn: "arn:aws:iam::999988887777:instance-profile/admin-staging-box" },
    ],
    ["with the profile of another environment", { "automock:environment": "prod" }, {}],
    ["without an environment", { "automock:environment": undefined }, {}],
    ["with an environment that is no name", { "automock:environment": "../staging" }, {}],
  ])("%s is left alone, and named", async (_what, tags, changes) => {
    const { aws, failed, left } = await tickAt(100 * HOUR, [box("i-web", tags, changes)]);
    expect(failed).toBeUndefined();
    expect(left).toEqual(["i-web"]);
    expect(notes(aws)).toEqual([
      ["ec2:instance i-web", "left alone", expect.stringContaining("instance profile")],
    ]);
    expect(aws.overdueBoxes.size).toBe(0);
  });
});

describe("boxes that outlived their expiry", () => {
  it.each([
    [4 * HOUR + 5 * MINUTE - 1, 0],
    [4 * HOUR + 5 * MINUTE, 2],
  ])("are counted by environment from the end of their timer's grace: %i ms", async (at, count) => {
    const prod = box(
      "i-prod",
      { "automock:environment": "prod", [BOX_TAG.expiresAt]: seconds(T0 + 8 * HOUR) },
      { instanceProfileArn: PROFILE.replace("staging", "prod") },
    );
    const { aws } = await tickAt(at, [box("i-1"), box("i-2", { "automock:protected": "true" }), prod]);
    expect([...aws.overdueBoxes]).toEqual([
      ["staging", count],
      ["prod", 0],
    ]);
  });

  it("do not keep the others when one cannot be ended; the tick fails, so that it is repeated", async () => {
    const { aws, failed, left } = await tickAt(5 * HOUR, [box("i-1"), box("i-2")], (fake) => {
      let calls = 0;
      fake.before = (name) => {
        if (name === "boxes.terminate" && (calls += 1) === 1) throw named("UnauthorizedOperation");
      };
    });
    expect(left).toEqual(["i-1"]);
    expect(failed).toContain("box i-1: UnauthorizedOperation");
    expect(aws.metrics.Heartbeat).toBe(1);
  });

  it("are not ended when the clocks disagree", async () => {
    const { failed, left } = await tickAt(3 * HOUR, [box("i-1")], (aws) => (aws.skewMs = 2 * HOUR));
    expect(left).toEqual(["i-1"]);
    expect(failed).toContain("box i-1: our clock says 2026-03-01T05:00:00Z, AWS's 2026-03-01T03:00:00Z");
  });

  it.each([
    ["nobody has decided about deletion", undefined, []],
    ["deletion is enabled", true, []],
    ["deletion is disabled", false, ["i-1"]],
  ])("when %s", async (_what, enabled, expected) => {
    const { left } = await tickAt(5 * HOUR, [box("i-1")], (aws) => (aws.deletionEnabled = enabled));
    expect(left).toEqual(expected);
  });

  it("are an error when they cannot be listed, and the environments are served", async () => {
    const { aws, failed } = await tickAt(5 * HOUR, [box("i-1")], (fake) => {
      fake.before = (name) => {
        if (name === "boxes.all") throw named("UnauthorizedOperation");
      };
    });
    expect(failed).toContain("(boxes): UnauthorizedOperation");
    expect(aws.metrics).toMatchObject({ DiscoveryErrors: 1, Heartbeat: 1 });
  });
});
