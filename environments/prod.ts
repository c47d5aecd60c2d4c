import type { EnvironmentInput } from "./fields";

/** Production. The account, owner, domain and networks are examples: put yours here. */
export const prod = {
  name: "prod",
  owner: "platform-team",
  costCenter: "quality-engineering",
  accountId: "123456789012",
  region: "us-east-1",
  locking: "both",
  deletionProtection: true,
  logRetentionDays: 90,
  network: {
    vpcCidr: "10.0.0.0/16",
    availabilityZones: ["a", "b", "c"],
    natGateways: "onePerAz",
    interfaceEndpoints: "none",
  },
  automock: {
    imageVersion: "9.0.0",
    size: "small",
    tasks: { min: 10, max: 200 },
    capacity: "onDemand",
    containerInsights: "enhanced",
    deployment: { strategy: "rolling" },
    deploys: "terraform",
    apiAllowedCidrs: ["198.51.100.0/24", "203.0.113.0/24"],
    controlPlaneAllowedCidrs: ["203.0.113.0/28"],
    domain: {
      name: "automock.example.com",
      subjectAlternativeNames: ["*.automock.example.com", "mocks.example.org"],
      zones: ["example.com", "example.org"],
    },
  },
} satisfies EnvironmentInput;
