import type { EnvironmentInput } from "../../environments/schema";
import { staging } from "../../environments/staging";

// Ephemeral environments have no Task API and send notifications to the bootstrap stack's topic.
const { taskApi: _taskApi, notifications: _notifications, ...shape } = staging;

/** The ephemeral environment of docs/costs.md: staging's shape for four hours. */
export const EXAMPLE_ENVIRONMENT = {
  ...shape,
  name: "example",
  ttlHours: 4,
  automock: {
    ...shape.automock,
    logRetentionDays: 1,
    network: { ...shape.automock.network, vpcCidr: "100.64.0.0/16" },
  },
} satisfies EnvironmentInput;
