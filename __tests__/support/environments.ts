import { join } from "node:path";
import { loadEnvironments, type Environment, type EnvironmentInput } from "../../environments/schema";
import { prod } from "../../environments/prod";
import { environmentSchema } from "../../environments/schema/schema";
import { staging } from "../../environments/staging";
import type { Section, SectionValues, ServiceSection } from "../../environments/schema/systems";

/** Values of an ephemeral environment that are right; tests spoil one of them. */
export const ephemeralInput = {
  name: "pr-123",
  owner: "team-a",
  costCenter: "cc-1",
  accountId: "123456789012",
  region: "us-east-1",
  ttlHours: 4,
  deletionProtection: false,
  automock: {
    imageVersion: "9.1.0",
    size: "small",
    tasks: { min: 1, max: 4 },
    capacity: { spotAfter: 1 },
    containerInsights: "enabled",
    logRetentionDays: 1,
    network: { vpcCidr: "10.2.0.0/16", availabilityZones: ["a", "b"], natGateways: "single" },
    apiAllowedCidrs: ["203.0.113.0/24"],
    controlPlaneAllowedCidrs: ["203.0.113.0/28"],
  },
} satisfies EnvironmentInput;

type With<S extends Section> = Environment & { readonly [K in S]: SectionValues<K> };

/** The permanent environments of this project: what lies in environments/, whatever their number. */
export const permanentEnvironments = loadEnvironments(
  join(__dirname, "..", "..", "environments"),
).environments.filter(({ ttlHours }) => ttlHours === undefined);
export const prodEnvironment = environmentSchema.parse(prod) as With<ServiceSection>;
export const stagingEnvironment = environmentSchema.parse(staging) as With<ServiceSection>;
/** An environment that opts in to admin boxes, and has nothing else. */
export const adminEnvironment = environmentSchema.parse({
  ...staging,
  automock: undefined,
  taskApi: undefined,
  admin: {
    network: { vpcId: "vpc-0123456789abcdef0", subnetIds: ["subnet-0123456789abcdef0"] },
    instanceConnect: true,
    reaches: { "task-api-database": { securityGroupId: "sg-0123456789abcdef0", port: 5432 } },
  },
}) as With<"admin">;
export const ephemeralEnvironment = environmentSchema.parse(ephemeralInput) as With<"automock">;
