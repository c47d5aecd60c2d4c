import type { EnvironmentInput } from "./fields";

/** Staging: the same shape as production, smaller, and partly on Spot. The values are examples. */
export const staging = {
  name: "staging",
  owner: "platform-team",
  costCenter: "quality-engineering",
  accountId: "123456789012",
  region: "us-east-1",
  locking: "both",
  deletionProtection: false,
  logRetentionDays: 14,
  network: {
    vpcCidr: "10.1.0.0/16",
    availabilityZones: ["a", "b"],
    natGateways: "single",
    interfaceEndpoints: "none",
  },
  automock: {
    imageVersion: "9.0.0",
    size: "small",
    tasks: { min: 1, max: 20 },
    capacity: { spotAfter: 1 },
    containerInsights: "enabled",
    deployment: { strategy: "rolling" },
    deploys: "terraform",
    apiAllowedCidrs: ["203.0.113.0/24"],
    controlPlaneAllowedCidrs: ["203.0.113.0/28"],
  },
} satisfies EnvironmentInput;
