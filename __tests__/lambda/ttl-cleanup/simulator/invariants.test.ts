import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as clients from "../../../support/sdk-exports";
import { allFaults, bystanders, timingFaults } from "../../../support/aws-simulator/invariants";
import { HOUR, MINUTE, Scenario } from "../../../support/aws-simulator/scenario";
import { put } from "../../../support/aws-simulator/services/s3-objects";
import { USUAL } from "../../../support/aws-simulator/world/seed-parts";

/** The checks of every simulated run can fail: one sabotage each. */

async function finished() {
  const scenario = new Scenario({ seed: 21 });
  const environment = scenario.add({ ...USUAL, environment: "alpha" }, 2);
  scenario.add({ ...USUAL, environment: "alpha-x" }, 100);
  await scenario.until(() => false, 2 * HOUR - MINUTE);
  const before = bystanders(scenario, "alpha");
  await scenario.until(() => scenario.isDone("alpha"), HOUR);
  scenario.stop();
  return { scenario, environment, before };
}

type Site = Awaited<ReturnType<typeof finished>>;

const SABOTAGE: Record<string, { readonly spoil: (site: Site) => void; readonly says: RegExp }> = {
  "a bystander's resource is gone": {
    spoil: ({ scenario: { world } }) => world.roles.delete("automock-alpha-x-task"),
    says: /^bystander changed, was: iam:role .*automock-alpha-x-task/,
  },
  "a bystander's tag has changed": {
    spoil: ({ scenario: { world } }) => {
      world.roles.get("automock-alpha-x-task")!.tags = {};
    },
    says: /^bystander changed, is: iam:role/,
  },
  "a bystander's state has changed": {
    spoil: ({ scenario: { world, names } }) =>
      void put(
        world,
        world.buckets.get(names.stateBucketName)!,
        "automock/alpha-x/terraform.tfstate",
        "{}",
        0,
      ),
    says: /^bystander changed, is: s3:bucket/,
  },
  "something is left behind": {
    spoil: ({ scenario: { world } }) => {
      const twin = world.logGroups.get("/automock-alpha-x/mockserver")!;
      world.logGroups.add({ ...twin, id: "left", origin: "alpha" });
    },
    says: /^left behind: logs:log-group left$/,
  },
  "the state is not empty": {
    spoil: ({ scenario: { world, names }, environment }) =>
      void put(world, world.buckets.get(names.stateBucketName)!, environment.stateRef.key, '{"serial":9}', 0),
    says: /^the state is \{"serial":9/,
  },
  "the lock file is kept": {
    spoil: ({ scenario: { world, names }, environment }) =>
      void put(
        world,
        world.buckets.get(names.stateBucketName)!,
        `${environment.stateRef.key}.tflock`,
        "{}",
        0,
      ),
    says: /^the lock file is still there$/,
  },
  "the digest is wrong": {
    spoil: ({ scenario: { world, names }, environment: { stateRef } }) => {
      const LockID = { S: `${stateRef.bucket}/${stateRef.key}-md5` };
      const key = JSON.stringify([LockID, null]);
      world.tables.get(names.lockTableName)!.items.set(key, { LockID, Digest: { S: "x" } });
    },
    says: /^the digest does not fit the state$/,
  },
  "nobody was told": {
    spoil: ({ scenario: { world, names } }) => {
      world.topics.get(names.topicName)!.messages = [];
    },
    says: /^nobody was told of the completion$/,
  },
};

test.each(Object.entries(SABOTAGE))("%s", async (_name, { spoil, says }) => {
  const site = await finished();
  expect(allFaults(site.scenario, site.environment, site.before)).toEqual([]);
  spoil(site);
  const faults = allFaults(site.scenario, site.environment, site.before);
  expect(faults.filter((fault) => says.test(fault)).length).toBeGreaterThan(0);
});

test("a deletion before the expiry or without notice", async () => {
  const { scenario, environment } = await finished();
  expect(timingFaults(scenario, { ...environment, expiresAt: environment.expiresAt + HOUR }).join()).toMatch(
    /before the expiry/,
  );
  scenario.world.topics.get(scenario.names.topicName)!.messages = [];
  expect(timingFaults(scenario, environment).join()).toMatch(/without 55 minutes of notice/);
});

test("the same seed gives the same calls at the same times", async () => {
  const logs = await Promise.all(
    [finished(), finished()].map(async (site) => (await site).scenario.simulator.log),
  );
  const [one, other] = logs.map((log) =>
    log.map(({ at, command, outcome }) => `${at} ${command} ${outcome}`),
  );
  expect(one!.length).toBeGreaterThan(500);
  expect(other).toEqual(one);
});

/** Names that services send but the SDK has no class for. */
const WITHOUT_CLASS =
  /^(Invalid.*NotFound|InvalidIPAddress\.InUse|Gateway\.NotAttached|NatGatewayNotFound|DependencyViolation|CannotDelete|AuthFailure|OperationNotPermitted|InvalidParameterValue|InvalidParameterCombination|RequestLimitExceeded|UnauthorizedOperation|AccessDenied|Throttling|SlowDown|InternalError|TimeoutError|ValidationError|ValidationException|ThrottlingException|AccessDeniedException|TooManyRequestsException|PreconditionFailed|BucketNotEmpty|OperationAborted|NoSuchTagSet|NoSuchBucketPolicy|MalformedXML|ObjectLockConfigurationNotFoundError)$/;

test("errors have the names that the SDK gives them", () => {
  const folder = join(__dirname, "../../../support/aws-simulator/services");
  const sources = readdirSync(folder).map((file) => readFileSync(join(folder, file), "utf8"));
  const names = new Set(
    sources.flatMap((text) => [...text.matchAll(/new AwsError\(\s*"([^"]+)"/g)].map(([, name]) => name!)),
  );
  expect(names.size).toBeGreaterThan(50);
  expect([...names].filter((name) => !WITHOUT_CLASS.test(name) && !clients.hasErrorClass(name))).toEqual([]);
});
