import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { testBoundaryArn, testRunTags } from "../../../contract/test-run";
import { testEnvironmentFields } from "../../../environments/schema/test-environment-fields";
import { simulatedRuns, type Simulated } from "../../support/test-env-simulation";
import { PLACE, TEST_ENV_SPEC } from "../../support/test-env-stage";

/** Whole runs in a simulated AWS that throttles, fails and loses answers. `npm run bench:test-env` has 2,000 of them. */

let folder: string;
let alone: readonly Simulated[];
let together: Simulated;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "simulated-"));
  mkdirSync(join(folder, "code"));
  writeFileSync(join(folder, "code", "index.mjs"), "export const handler = async () => ({});\n");
  const spec = testEnvironmentFields.parse({ name: "orders", ...TEST_ENV_SPEC });
  together = await simulatedRuns(folder, spec, 20, 1);
  const seeds = Array.from({ length: 10 }, (_, i) => i + 2);
  alone = [];
  for (const seed of seeds) alone = [...alone, await simulatedRuns(folder, spec, 1, seed)];
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it("every run is created and removed within a minute each, and nothing is left", () => {
  for (const { runs, left, gaps } of [together, ...alone]) {
    expect([left, gaps]).toEqual([[], []]);
    for (const { create, cleanup, createSeconds, destroySeconds } of runs) {
      expect(create).toMatchObject({ result: "created", resources: 9 });
      expect(cleanup).toMatchObject({ result: "complete", left: [], errors: [] });
      // An API whose answer is lost is created twice, and so deleted.
      expect(cleanup.deleted).toBeGreaterThanOrEqual(9);
      expect(createSeconds).toBeLessThan(60);
      expect(destroySeconds).toBeLessThan(60);
    }
  }
  expect(new Set(together.runs.map(({ run }) => run)).size).toBe(20);
});

it("progress names each resource with its time, when it is created and when it is deleted", () => {
  for (const { runs } of alone)
    for (const { run, progress, cleanup } of runs) {
      const of = (line: RegExp) => progress.filter((text) => line.test(text)).length;
      expect(of(/^[a-z.-]+: [a-z0-9]+:[a-z-]+ (created|adopted) \(\d+\.\d s\)$/)).toBe(9);
      expect(of(/^[a-z0-9]+:[a-z-]+ \S+: deleted \(\d+\.\d s\)$/)).toBe(cleanup.deleted);
      expect(progress).toContainEqual(
        expect.stringMatching(new RegExp(`^dynamodb:table test-${run}-users: deleted`)),
      );
    }
});

it("the registry keeps audit lines only: no record, no journal, no slot", () => {
  for (const { runs, kept } of [together, ...alone]) {
    expect(kept.filter((key) => !/#AUDIT#|"AUDIT#|"SETTINGS"/.test(key))).toEqual([]);
    expect(kept.filter((key) => /AUDIT#/.test(key))).toHaveLength(2 * runs.length);
  }
});

/** Calls that create a resource, with the place of its tags in them. */
const CREATIONS: Readonly<Record<string, (input: never) => unknown>> = {
  CreateTable: ({ Tags }: { Tags: unknown }) => Tags,
  CreateBucket: ({ CreateBucketConfiguration: { Tags } }: { CreateBucketConfiguration: { Tags: unknown } }) =>
    Tags,
  CreateQueue: ({ tags }: { tags: unknown }) => tags,
  CreateRole: ({ Tags }: { Tags: unknown }) => Tags,
  CreateLogGroup: ({ tags }: { tags: unknown }) => tags,
  CreateFunction: ({ Tags }: { Tags: unknown }) => Tags,
  CreateEventSourceMapping: ({ Tags }: { Tags: unknown }) => Tags,
  CreateApi: ({ Tags }: { Tags: unknown }) => Tags,
};

const tagsIn = (tags: unknown) =>
  Array.isArray(tags)
    ? Object.fromEntries((tags as { Key: string; Value: string }[]).map(({ Key, Value }) => [Key, Value]))
    : tags;

it("each resource has all tags of its run from the call that creates it", () => {
  const [{ runs, log }] = alone as [Simulated];
  const { owner, costCenter } = TEST_ENV_SPEC;
  const [{ run }] = runs as [Simulated["runs"][number]];
  const tags = testRunTags({ ...PLACE, run, owner, costCenter, expiresAt: "2026-01-31T09:30:00Z" });
  const creations = log.filter(({ command }) => Object.hasOwn(CREATIONS, command));
  expect(new Set(creations.map(({ command }) => command)).size).toBe(Object.keys(CREATIONS).length);
  for (const { command, input } of creations) {
    expect([command, tagsIn(CREATIONS[command]!(input as never))]).toEqual([command, tags]);
  }
});

it("a role is created under the boundary, in the path of the roles of tests, for Lambda only", () => {
  const created = together.log.filter(({ command }) => command === "CreateRole");
  expect(created.length).toBeGreaterThanOrEqual(20);
  for (const { input } of created) {
    const { Path, PermissionsBoundary, AssumeRolePolicyDocument } = input as Record<string, string>;
    expect([Path, PermissionsBoundary]).toEqual(["/automock-test/", testBoundaryArn(PLACE)]);
    expect(JSON.parse(AssumeRolePolicyDocument!)).toMatchObject({
      Statement: [{ Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" }],
    });
  }
});

it("a table is not asked every 20 seconds whether it can be used, as the SDK does by itself", () => {
  const gaps = alone.flatMap(({ log }) => {
    const created = log.findIndex(({ command }) => command === "DeleteTable");
    const polls = log.slice(0, created).filter(({ command }) => command === "DescribeTable");
    return polls.slice(1).map(({ at }, i) => (at - polls[i]!.at) / 1000);
  });
  expect(gaps.length).toBeGreaterThan(5);
  // The last one is before the removal, and may follow other work.
  expect(Math.max(...gaps)).toBeLessThan(20);
});

it("no run needs more than 200 calls", () => {
  for (const { log, runs } of [together, ...alone]) expect(log.length / runs.length).toBeLessThan(200);
});
