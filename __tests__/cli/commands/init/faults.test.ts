import { rmSync } from "node:fs";
import { join } from "node:path";
import type { InitOptions } from "../../../../cli/commands/init/draft";
import { newEnvironment } from "../../../../cli/commands/init/new-environment";
import { UserError } from "../../../../contract/user-error";
import { loadEnvironments } from "../../../../environments/schema";
import { ephemeralInput } from "../../../support/environments";
import { spoil } from "../../../support/spoil";
import { existing, folder, made, projectFolder, useEmptyProject } from "./project";

useEmptyProject();

function refusal(options: Partial<InitOptions>): string {
  try {
    made(options);
  } catch (error) {
    expect(error).toBeInstanceOf(UserError);
    return (error as Error).message;
  }
  throw new Error("nothing was refused");
}

const FAULTS: readonly (readonly [Partial<InitOptions>, string])[] = [
  [
    { name: "Demo_42" },
    `NAME (name)
  given:   "Demo_42"
  allowed: lowercase letters, digits and single hyphens, starting with a letter, at most 16 characters
  fix:     did you mean demo-42?`,
  ],
  [
    { name: "prod" },
    `NAME (name)
  given:   "prod"
  allowed: a name that is not reserved for permanent environments: not bootstrap, main, prod, production, shared, staging
  fix:     choose another name`,
  ],
  [
    { name: "automock-x" },
    `NAME (name)
  given:   "automock-x", the name of a stack
  allowed: the name of an environment, without the name of a system as prefix
  fix:     write x: the stack is then automock-x`,
  ],
  [
    { name: "task-api-Load_1" },
    `NAME (name)
  given:   "task-api-Load_1", the name of a stack
  allowed: the name of an environment, without the name of a system as prefix
  fix:     write load-1: the stack is then automock-load-1`,
  ],
  [
    { name: "automock-prod" },
    `NAME (name)
  given:   "automock-prod", the name of a stack
  allowed: the name of an environment, without the name of a system as prefix
  fix:     choose another name, without the prefix automock-`,
  ],
  [
    { name: "staging-2" },
    `NAME (name)
  given:   "staging-2"
  allowed: a name where neither it nor "staging" (environments/staging.ts) starts with the other plus a hyphen
  fix:     rename one of the two`,
  ],
  [
    { like: "stagin" },
    `--like
  given:   "stagin"
  allowed: an environment that exists and has automock: prod, staging
  fix:     did you mean "staging"?`,
  ],
  [
    { ttl: "8" },
    `--ttl (ttlHours)
  given:   "8"
  allowed: whole hours, 1 to 168 in all, such as 8h, 2d or 1d12h
  fix:     write 8h`,
  ],
  [
    { like: "nothing-like-it" },
    `--like
  given:   "nothing-like-it"
  allowed: an environment that exists and has automock: prod, staging
  fix:     choose one of these`,
  ],
  [
    { ttl: "90m" },
    `--ttl (ttlHours)
  given:   "90m"
  allowed: whole hours, 1 to 168 in all, such as 8h, 2d or 1d12h
  fix:     write 2h`,
  ],
  [
    { ttl: "8d" },
    `--ttl (ttlHours)
  given:   192
  allowed: time to live in whole hours, 1 to 168, only for ephemeral environments
  fix:     use an allowed value`,
  ],
  [
    { minTasks: "two" },
    `--min-tasks (automock.tasks.min)
  given:   "two"
  allowed: minimum number of tasks, 1 to 200
  fix:     use an allowed value`,
  ],
  [
    { minTasks: "99999999999999999999" },
    `--min-tasks (automock.tasks.min)
  given:   "99999999999999999999"
  allowed: minimum number of tasks, 1 to 200
  fix:     use an allowed value`,
  ],
  [
    { minTasks: "5", maxTasks: "2" },
    `--max-tasks (automock.tasks.max)
  given:   2
  allowed: a whole number from 5 (tasks.min) to 200
  fix:     raise tasks.max or lower tasks.min`,
  ],
  [
    { size: "256/4096" },
    `--size (automock.size)
  given:   {"cpuUnits":256,"memoryMiB":4096}
  allowed: Fargate does not support 4096 MiB with 256 CPU units; allowed with 256 units: 512, 1024, 2048 MiB
  fix:     use an allowed pair`,
  ],
  [
    { domain: "mocks.example.net" },
    `--zone (automock.domain.zones)
  given:   nothing
  allowed: the public hosted zone for mocks.example.net; no environment uses one yet
  fix:     add --zone, for example --zone example.net`,
  ],
  [
    { domain: "x y" },
    `--domain (automock.domain.name)
  given:   "x y"
  allowed: a lowercase domain name, at most 64 characters (ACM's limit for the first name)
  fix:     write the name alone, such as mocks.example.com`,
  ],
  [
    { domain: "Mocks.example.net", zone: ["example.net"] },
    `--domain (automock.domain.name)
  given:   "Mocks.example.net"
  allowed: a lowercase domain name, at most 64 characters (ACM's limit for the first name)
  fix:     write mocks.example.net`,
  ],
  [
    { zone: ["example.com"] },
    `--zone (automock.domain.zones)
  given:   ["example.com"]
  allowed: a zone together with --domain
  fix:     add --domain, for example --domain mocks.example.com, or omit --zone`,
  ],
  [
    { domain: "mocks.example.net", zone: ["example.com"] },
    `--domain (automock.domain.name)
  given:   "mocks.example.net"
  allowed: a name in one of the zones example.com
  fix:     add the hosted zone that holds mocks.example.net to domain.zones, or remove the name`,
  ],
  [
    { controlCidr: ["0.0.0.0/0"] },
    `--control-cidr (automock.controlPlaneAllowedCidrs.0)
  given:   "0.0.0.0/0"
  allowed: a network from /8 to /32
  fix:     list only the networks that manage expectations; the control plane can stop MockServer`,
  ],
  [
    { region: "mars" },
    `--region (region)
  given:   "mars"
  allowed: an AWS region such as us-east-1
  fix:     use an allowed value`,
  ],
];

it.each(FAULTS)("refuses %j", (options, fault) => {
  expect(refusal(options)).toBe(`${fault}\n\n1 fault. Nothing was written.`);
});

it("reports all faults at once", () => {
  const message = refusal({ name: "prod", ttl: "x", like: "y", size: "huge", minTasks: "0", owner: "" });
  expect(message.match(/^(NAME|--\S+)/gm)).toEqual([
    "NAME",
    "--like",
    "--ttl",
    "--owner",
    "--size",
    "--min-tasks",
  ]);
  expect(message).toMatch(/\n\n6 faults\. Nothing was written\.$/);
});

it("reports that no network is unused", () => {
  for (let i = 0; i < 16; i++) {
    existing(`n${i}`, spoil(ephemeralInput, "automock.network.vpcCidr", "10.2.0.0/16"));
  }
  const { environments } = loadEnvironments(join(projectFolder(), "environments"));
  const full = Array.from({ length: 256 }, (_, i) =>
    spoil(environments[2]!, "automock.network.vpcCidr", `10.${i}.0.0/16`),
  );
  rmSync(folder(), { recursive: true });
  expect(() => newEnvironment(projectFolder(), { name: "x", ttl: "4h", like: full[0]!.name }, full)).toThrow(
    `--like
  given:   us-east-1, where environments use all of 10.0.0.0/8
  allowed: a region with an unused /16
  fix:     delete the file of an environment that no longer exists, or choose another --region`,
  );
});
