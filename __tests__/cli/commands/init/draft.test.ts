import { codeBlocks, read } from "../../../support/markdown";
import { ephemeralInput } from "../../../support/environments";
import { spoil } from "../../../support/spoil";
import { existing, made, useEmptyProject, written } from "./project";

useEmptyProject();

it("creates the README's environment with the README's command", () => {
  const README = read("README.md");
  const [command] = codeBlocks(README, "sh").flatMap((block) => block.match(/^npx automock init .*$/m) ?? []);
  const words = command!.split(" ").slice(3); // the name, then options
  const given = Object.fromEntries(
    words.flatMap((word, i) => (word.startsWith("--") ? [[word.slice(2), words[i + 1]!]] : [])),
  );
  const { text } = made({
    name: words.at(0)!,
    ttl: given.ttl,
    minTasks: given["min-tasks"],
    maxTasks: given["max-tasks"],
    owner: given.owner,
  });
  expect(Object.keys(given)).toEqual(["ttl", "min-tasks", "max-tasks", "owner"]);
  expect(text).toBe(codeBlocks(README, "json environment")[0]);
});

it("copies staging without its Task API, its notifications and defaults", () => {
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
    automock: {
      imageVersion: "9.1.0",
      size: "small",
      tasks: { min: 1, max: 20 },
      capacity: { spotAfter: 1 },
      containerInsights: "enabled",
      logRetentionDays: 1,
      network: { vpcCidr: "10.2.0.0/16", availabilityZones: ["a", "b"], natGateways: "single" },
      apiAllowedCidrs: ["203.0.113.0/24"],
      controlPlaneAllowedCidrs: ["203.0.113.0/28"],
    },
  });
});

it("applies every option", () => {
  const value = written({
    name: "load-1",
    ttl: "1d12h",
    like: "prod",
    size: "512/2048",
    minTasks: "3",
    maxTasks: "200",
    domain: "load.example.com",
    zone: ["example.com"],
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
    automock: {
      size: { cpuUnits: 512, memoryMiB: 2048 },
      tasks: { min: 3, max: 200 },
      capacity: "onDemand",
      containerInsights: "enhanced",
      logRetentionDays: 1,
      // Nobody has it in that region.
      network: { vpcCidr: "10.0.0.0/16", availabilityZones: ["a", "b", "c"], natGateways: "onePerAz" },
      apiAllowedCidrs: ["0.0.0.0/0"],
      controlPlaneAllowedCidrs: ["198.51.100.0/28", "203.0.113.0/28"],
      domain: { name: "load.example.com", zones: ["example.com"] },
    },
  });
  expect(value).not.toHaveProperty("notifications");
  expect(value).not.toHaveProperty("taskApi");
});

it("keeps values of the copied environment that differ from the defaults", () => {
  existing("base", {
    locking: "s3",
    automock: {
      ...ephemeralInput.automock,
      network: {
        ...ephemeralInput.automock.network,
        vpcCidr: "10.9.0.0/16",
        interfaceEndpoints: "fargate",
      },
      scaling: { scaleInPercent: 30 },
      deployment: { strategy: "blueGreen", bakeMinutes: 5 },
      deploys: "terraform",
    },
  });
  expect(written({ like: "base" })).toMatchObject({
    locking: "s3",
    automock: { network: { interfaceEndpoints: "fargate", vpcCidr: "10.2.0.0/16" }, scaling: { scaleInPercent: 30 }, deployment: { strategy: "blueGreen", bakeMinutes: 5 }, deploys: "terraform" }, // prettier-ignore
  });
  expect(Object.keys(written({ like: "base" }).automock!.scaling!)).toEqual(["scaleInPercent"]);
});

it("uses the first unused network, and keeps the network of an existing environment", () => {
  existing("a", spoil(ephemeralInput, "automock.network.vpcCidr", "10.2.0.0/16"));
  existing("b", spoil(ephemeralInput, "automock.network.vpcCidr", "10.3.128.0/22"));
  expect(written().automock?.network.vpcCidr).toBe("10.4.0.0/16");
  expect(written({ name: "b" }).automock?.network.vpcCidr).toBe("10.3.128.0/22");
  expect(written({ name: "b", region: "eu-west-1" }).automock?.network.vpcCidr).toBe("10.0.0.0/16");
});

it("finds the zone of a domain among the zones in use", () => {
  expect(written({ domain: "*.mocks.example.com" }).automock?.domain).toEqual({
    name: "*.mocks.example.com",
    zones: ["example.com"],
  });
});
