import fc from "fast-check";
import { NAME_LIMITS, type NameKind } from "../../contract/names";
import { REQUIRED_TAGS, TAG } from "../../contract/tags";
import {
  nodeSortKey,
  specOfRun,
  TEST_NAME_LENGTH,
  TEST_TAG,
  testBoundaryArn,
  testResourceName,
  testRunId,
  testRunTags,
  type TestRun,
} from "../../contract/test-run";

const PLACE = { accountId: "123456789012", region: "us-east-1" };
const RUN: TestRun = {
  ...PLACE,
  run: "orders-k3f9aa",
  owner: "platform-team",
  costCenter: "quality",
  expiresAt: "2026-01-31T09:30:00Z",
};

const word = (most: number) =>
  fc
    .tuple(
      fc.constantFrom(..."abcxyz"),
      fc.string({ unit: fc.constantFrom(..."abcxyz019-"), maxLength: most - 1 }),
    )
    .map(([first, rest]) => `${first}${rest}`.replace(/-+/g, "-").replace(/-$/, ""));
const bytes = fc.uint8Array({ minLength: 6, maxLength: 32 });
const KINDS: readonly NameKind[] = ["table", "bucket", "queue", "topic", "lambda", "role", "eventRule"];

test("a run id holds the name of its spec, and equal bytes give equal ids", () => {
  fc.assert(
    fc.property(word(TEST_NAME_LENGTH.spec), bytes, (name, seed) => {
      const run = testRunId(name, seed);
      expect(run).toBe(testRunId(name, seed));
      expect(specOfRun(run)).toBe(name);
      expect(run).toHaveLength(name.length + 7);
    }),
  );
});

test.each(["orders", "orders-", "-k3f9aa", "orders-K3F9AA", "orders-k3f9a", "--help"])(
  "%s is not a run id",
  (text) => expect(specOfRun(text)).toBeUndefined(),
);

test("every name fits its limit uncut, starts with the run and differs from all others", () => {
  fc.assert(
    fc.property(
      word(TEST_NAME_LENGTH.spec),
      bytes,
      fc.uniqueArray(word(TEST_NAME_LENGTH.resource), { minLength: 2, maxLength: 5 }),
      (spec, seed, resources) => {
        const run = { ...PLACE, run: testRunId(spec, seed) };
        for (const kind of KINDS) {
          const names = resources.map((resource) => testResourceName(run, kind, resource));
          expect(new Set(names).size).toBe(names.length);
          names.forEach((name, index) => {
            expect(name.length).toBeLessThanOrEqual(NAME_LIMITS[kind]);
            expect(name.startsWith(`test-${run.run}-${resources[index]}`)).toBe(true);
          });
        }
      },
    ),
  );
});

test("a run tags its resources as those of an ephemeral environment", () => {
  const tags = testRunTags({ ...RUN, buildUrl: "https://ci.example.com/job/7", commit: "1a2b3c4" });
  expect(Object.keys(tags)).toEqual(expect.arrayContaining([...REQUIRED_TAGS]));
  expect(tags).toMatchObject({
    [TAG.system]: "test",
    [TAG.environment]: "orders-k3f9aa",
    [TAG.ephemeral]: "true",
    [TEST_TAG.expiresAt]: "2026-01-31T09:30:00Z",
    [TEST_TAG.commit]: "1a2b3c4",
  });
  expect(Object.keys(testRunTags(RUN))).not.toContain(TEST_TAG.commit);
});

test("the boundary is a policy of the bootstrap stack", () => {
  expect(testBoundaryArn(PLACE)).toBe(
    "arn:aws:iam::123456789012:policy/automock-bootstrap-us-east-1-test-functions",
  );
});

test("journal items have the node in their key", () => expect(nodeSortKey("api.role")).toBe("NODE#api.role"));
