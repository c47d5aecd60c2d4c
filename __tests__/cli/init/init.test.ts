import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { formatCost, type InitCost } from "../../../cli/init/cost";
import type { InitOptions } from "../../../cli/init/draft";
import { newEnvironment, suggestedName, writeEnvironment } from "../../../cli/init/init";
import { UserError } from "../../../cli/user-error";
import { loadEnvironments, type EnvironmentInput } from "../../../environments";
import { environmentFields } from "../../../environments/fields";
import { ephemeralInput } from "../../support/environments";
import { codeBlocks, read } from "../../support/markdown";

let project: string;
beforeEach(() => {
  project = mkdtempSync(join(tmpdir(), "init-"));
  mkdirSync(join(project, "environments", "ephemeral"), { recursive: true });
});
afterEach(() => rmSync(project, { recursive: true }));

const folder = () => join(project, "environments", "ephemeral");
const existing = (name: string, value: object) =>
  writeFileSync(join(folder(), `${name}.json`), JSON.stringify({ ...ephemeralInput, name, ...value }));

function made(options: Partial<InitOptions> = {}) {
  const { environments } = loadEnvironments(folder());
  return newEnvironment(
    project,
    { project: "demo-42", ttl: "4h", like: "staging", ...options },
    environments,
  );
}

const written = (options: Partial<InitOptions> = {}) => JSON.parse(made(options).text) as EnvironmentInput;

function refusal(options: Partial<InitOptions>): string {
  try {
    made(options);
  } catch (error) {
    expect(error).toBeInstanceOf(UserError);
    return (error as Error).message;
  }
  throw new Error("nothing was refused");
}

it("writes the README's environment with the README's command", () => {
  const README = read("README.md");
  const [command] = codeBlocks(README, "sh").flatMap((block) => block.match(/^npx automock init .*$/m) ?? []);
  const words = command!.split(" ").slice(3);
  const given = Object.fromEntries(
    words.flatMap((word, i) => (word.startsWith("--") ? [[word.slice(2), words[i + 1]!]] : [])),
  );
  const { text } = made({
    project: given.project,
    ttl: given.ttl,
    minTasks: given["min-tasks"],
    maxTasks: given["max-tasks"],
    owner: given.owner,
  });
  expect(Object.keys(given)).toEqual(["project", "ttl", "min-tasks", "max-tasks", "owner"]);
  expect(text).toBe(codeBlocks(README, "json environment")[0]);
});

it("takes staging's shape, without its Task API, its mails and what is the default", () => {
  expect(made().file).toBe("environments/ephemeral/demo-42.json");
  expect(written()).toEqual({
    $schema: "../environment.schema.json",
    name: "demo-42",
    owner: "platform-team",
    costCenter: "quality-engineering",
    accountId: "123456789012",
    region: "us-east-1",
    ttlHours: 4,
    deletionProtection: false,
    logRetentionDays: 1,
    network: { vpcCidr: "10.2.0.0/16", availabilityZones: ["a", "b"], natGateways: "single" },
    automock: {
      imageVersion: "9.0.0",
      size: "small",
      tasks: { min: 1, max: 20 },
      capacity: { spotAfter: 1 },
      containerInsights: "enabled",
      apiAllowedCidrs: ["203.0.113.0/24"],
      controlPlaneAllowedCidrs: ["203.0.113.0/28"],
    },
  });
});

it("takes every option", () => {
  const value = written({
    project: "load-1",
    ttl: "1d12h",
    like: "prod",
    size: "512/2048",
    minTasks: "3",
    maxTasks: "200",
    domain: "load.example.net",
    zone: ["example.net"],
    owner: "team-a",
    costCenter: "cc-7",
    apiCidr: ["0.0.0.0/0"],
    controlCidr: ["198.51.100.0/28", "203.0.113.0/28"],
    region: "eu-central-1",
  });
  expect(value).toMatchObject({
    name: "load-1",
    owner: "team-a",
    costCenter: "cc-7",
    region: "eu-central-1",
    ttlHours: 36,
    deletionProtection: false,
    logRetentionDays: 1,
    // Nobody has it in that region.
    network: { vpcCidr: "10.0.0.0/16", availabilityZones: ["a", "b", "c"], natGateways: "onePerAz" },
    automock: {
      size: { cpuUnits: 512, memoryMiB: 2048 },
      tasks: { min: 3, max: 200 },
      capacity: "onDemand",
      containerInsights: "enhanced",
      apiAllowedCidrs: ["0.0.0.0/0"],
      controlPlaneAllowedCidrs: ["198.51.100.0/28", "203.0.113.0/28"],
      domain: { name: "load.example.net", zones: ["example.net"] },
    },
  });
  expect(value).not.toHaveProperty("notifications");
  expect(value).not.toHaveProperty("taskApi");
});

it("keeps what differs from the defaults of the environment it is like", () => {
  existing("base", {
    locking: "s3",
    network: { ...ephemeralInput.network, vpcCidr: "10.9.0.0/16", interfaceEndpoints: "fargate" },
    automock: {
      ...ephemeralInput.automock,
      scaling: { scaleInPercent: 30 },
      deployment: { strategy: "blueGreen", bakeMinutes: 5 },
      deploys: "terraform",
    },
  });
  expect(written({ like: "base" })).toMatchObject({
    locking: "s3",
    network: { interfaceEndpoints: "fargate", vpcCidr: "10.2.0.0/16" },
    automock: { scaling: { scaleInPercent: 30 }, deployment: { strategy: "blueGreen", bakeMinutes: 5 }, deploys: "terraform" }, // prettier-ignore
  });
  expect(Object.keys(written({ like: "base" }).automock.scaling!)).toEqual(["scaleInPercent"]);
});

it("takes the first network that nobody has, and keeps the one it had", () => {
  existing("a", { network: { ...ephemeralInput.network, vpcCidr: "10.2.0.0/16" } });
  existing("b", { network: { ...ephemeralInput.network, vpcCidr: "10.3.128.0/22" } });
  expect(written().network.vpcCidr).toBe("10.4.0.0/16");
  expect(written({ project: "b" }).network.vpcCidr).toBe("10.3.128.0/22");
  expect(written({ project: "b", region: "eu-west-1" }).network.vpcCidr).toBe("10.0.0.0/16");
});

it("finds the zone of a name among those in use", () => {
  expect(written({ domain: "*.mocks.example.com" }).automock.domain).toEqual({
    name: "*.mocks.example.com",
    zones: ["example.com"],
  });
});

const FAULTS: readonly (readonly [Partial<InitOptions>, string])[] = [
  [
    { project: "Demo_42" },
    `--project (name)
  given:   "Demo_42"
  allowed: lower-case letters, digits and single hyphens, starting with a letter, 16 characters at most
  mend:    did you mean --project demo-42?`,
  ],
  [
    { project: "prod" },
    `--project (name)
  given:   "prod"
  allowed: a name that no permanent environment has: not prod, staging
  mend:    take another name`,
  ],
  [
    { project: "automock-x" },
    `--project (name)
  given:   "automock-x", the name of a stack
  allowed: the name of the environment, without that of a system before it
  mend:    --project x: the stack is then automock-x`,
  ],
  [
    { project: "task-api-Load_1" },
    `--project (name)
  given:   "task-api-Load_1", the name of a stack
  allowed: the name of the environment, without that of a system before it
  mend:    --project load-1: the stack is then automock-load-1`,
  ],
  [
    { project: "automock-prod" },
    `--project (name)
  given:   "automock-prod", the name of a stack
  allowed: the name of the environment, without that of a system before it
  mend:    take another name, without automock- before it`,
  ],
  [
    { project: "staging-2" },
    `--project (name)
  given:   "staging-2"
  allowed: a name that is not the start of another one plus a hyphen; environments/staging.ts is "staging"
  mend:    rename one of the two`,
  ],
  [
    { like: "stagin" },
    `--like
  given:   "stagin"
  allowed: an environment that exists: prod, staging
  mend:    did you mean "staging"?`,
  ],
  [
    { ttl: "8" },
    `--ttl (ttlHours)
  given:   "8"
  allowed: whole hours, 1 to 168 in all, such as 8h, 2d or 1d12h
  mend:    write 8h`,
  ],
  [
    { ttl: "90m" },
    `--ttl (ttlHours)
  given:   "90m"
  allowed: whole hours, 1 to 168 in all, such as 8h, 2d or 1d12h
  mend:    write hours or days with their unit`,
  ],
  [
    { ttl: "8d" },
    `--ttl (ttlHours)
  given:   192
  allowed: time to live in whole hours, 1 to 168, in ephemeral environments only
  mend:    write one of the allowed values`,
  ],
  [
    { minTasks: "two" },
    `--min-tasks (automock.tasks.min)
  given:   "two"
  allowed: fewest running tasks, 1 to 200
  mend:    write one of the allowed values`,
  ],
  [
    { minTasks: "99999999999999999999" },
    `--min-tasks (automock.tasks.min)
  given:   "99999999999999999999"
  allowed: fewest running tasks, 1 to 200
  mend:    write one of the allowed values`,
  ],
  [
    { minTasks: "5", maxTasks: "2" },
    `--max-tasks (automock.tasks.max)
  given:   2
  allowed: a whole number from 5 (tasks.min) to 200
  mend:    raise tasks.max or lower tasks.min`,
  ],
  [
    { size: "256/4096" },
    `--size (automock.size)
  given:   {"cpuUnits":256,"memoryMiB":4096}
  allowed: Fargate does not run 256 CPU units with 4096 MiB; allowed with 256 units are 512, 1024, 2048 MiB
  mend:    take a pair of the list`,
  ],
  [
    { domain: "mocks.example.net" },
    `--zone (automock.domain.zones)
  given:   nothing
  allowed: the public hosted zone that holds mocks.example.net; no environment names one yet
  mend:    add --zone, for example --zone example.net`,
  ],
  [
    { domain: "x y" },
    `--domain (automock.domain.name)
  given:   "x y"
  allowed: a domain name in lower case, 64 characters at most (ACM's limit for the first name)
  mend:    write the name alone, such as mocks.example.com`,
  ],
  [
    { domain: "Mocks.example.net", zone: ["example.net"] },
    `--domain (automock.domain.name)
  given:   "Mocks.example.net"
  allowed: a domain name in lower case, 64 characters at most (ACM's limit for the first name)
  mend:    write mocks.example.net`,
  ],
  [
    { zone: ["example.com"] },
    `--zone (automock.domain.zones)
  given:   ["example.com"]
  allowed: a zone together with --domain
  mend:    add --domain, for example --domain mocks.example.com, or leave --zone out`,
  ],
  [
    { domain: "mocks.example.net", zone: ["example.com"] },
    `--domain (automock.domain.name)
  given:   "mocks.example.net"
  allowed: a name in one of the zones example.com
  mend:    add the hosted zone that holds mocks.example.net to domain.zones, or take the name out`,
  ],
  [
    { controlCidr: ["0.0.0.0/0"] },
    `--control-cidr (automock.controlPlaneAllowedCidrs.0)
  given:   "0.0.0.0/0"
  allowed: a network from /8 to /32
  mend:    list the networks of those who manage expectations; the control plane can stop MockServer`,
  ],
  [
    { region: "mars" },
    `--region (region)
  given:   "mars"
  allowed: an AWS region such as us-east-1
  mend:    write one of the allowed values`,
  ],
];

it.each(FAULTS)("refuses %j", (options, fault) => {
  expect(refusal(options)).toBe(`${fault}\n\n1 fault, nothing was written.`);
});

it("says all faults at once", () => {
  const message = refusal({ project: "prod", ttl: "x", like: "y", size: "huge", minTasks: "0", owner: "" });
  expect(message.match(/^--\S+/gm)).toEqual([
    "--project",
    "--like",
    "--ttl",
    "--owner",
    "--size",
    "--min-tasks",
  ]);
  expect(message).toMatch(/\n\n6 faults, nothing was written\.$/);
});

it("says that the networks are used up", () => {
  for (let i = 0; i < 16; i++) {
    existing(`n${i}`, { network: { ...ephemeralInput.network, vpcCidr: "10.2.0.0/16" } });
  }
  const { environments } = loadEnvironments(folder());
  const full = Array.from({ length: 256 }, (_, i) => ({
    ...environments[2]!,
    network: { ...environments[2]!.network, vpcCidr: `10.${i}.0.0/16` },
  }));
  rmSync(folder(), { recursive: true });
  expect(() => newEnvironment(project, { project: "x", ttl: "4h", like: full[0]!.name }, full)).toThrow(
    `--like
  given:   us-east-1, where the environments have all of 10.0.0.0/8
  allowed: a region with a free /16
  mend:    remove the file of an environment that is gone, or name another --region`,
  );
});

describe("writing", () => {
  it("replaces a file only if told to, and can be taken back", () => {
    const path = join(folder(), "demo-42.json");
    const first = made();
    const takeBack = writeEnvironment(project, first, false);
    expect(readFileSync(path, "utf8")).toBe(first.text);
    expect(loadEnvironments(folder()).faults).toEqual([]);

    const second = made({ ttl: "9h" });
    expect(() => writeEnvironment(project, second, false)).toThrow(
      "environments/ephemeral/demo-42.json exists already. Take another --project, or replace it with --force: what is deployed as automock-demo-42 changes with the next deploy.",
    );
    expect(readFileSync(path, "utf8")).toBe(first.text);
    const takeSecondBack = writeEnvironment(project, second, true);
    expect(readFileSync(path, "utf8")).toBe(second.text);
    takeSecondBack();
    expect(readFileSync(path, "utf8")).toBe(first.text);
    takeBack();
    expect(() => readFileSync(path)).toThrow("ENOENT");
  });
});

it.each([
  ["Demo_42", "demo-42"],
  ["42-demo", "demo"],
  ["a very long name of a project", "a-very-long-name"],
  ["feature/ABC--1", "feature-abc-1"],
  ["__", ""],
])("suggests for %j the name %j", (given, name) => expect(suggestedName(given)).toBe(name));

it("suggests names that are allowed, or none", () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 30 }), (text) => {
      const name = suggestedName(text);
      expect(name === "" || environmentFields.shape.name.safeParse(name).success).toBe(true);
    }),
  );
});

describe("the cost", () => {
  const cost: InitCost = {
    ttlHours: 8,
    tasks: { min: 2, max: 50 },
    usdHourly: { min: 0.10819, max: 0.703 },
    usdPerTtl: { min: 0.86552, max: 5.624 },
    usageBased: 3,
    notPriced: [],
    priceRegion: "us-east-1",
    checkedOn: "2026-08-21",
  };

  it("is said for the fewest and the most tasks", () =>
    expect(formatCost(cost)).toEqual([
      "With 2 tasks: $0.1082 an hour, $0.87 for 8 hours.",
      "With 50 tasks: $0.7030 an hour, $5.62 for 8 hours.",
      "Traffic, logs and requests come on top. On-demand prices of us-east-1, read on 2026-08-21.",
    ]));

  it("says what it does not know", () =>
    expect(
      formatCost({
        ...cost,
        ttlHours: 1,
        tasks: { min: 1, max: 1 },
        note: "Elsewhere.",
        notPriced: ["aws_x.y"],
      }),
    ).toEqual([
      "With 1 task: $0.1082 an hour, $0.87 for 1 hour.",
      "Traffic, logs and requests come on top. On-demand prices of us-east-1, read on 2026-08-21.",
      "Elsewhere.",
      "Not priced: aws_x.y.",
    ]));
});
