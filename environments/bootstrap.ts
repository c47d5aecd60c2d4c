import type { BootstrapInput } from "./schema/bootstrap-fields";

/** Settings of the bootstrap stacks. The owners and addresses are examples: put yours here. */
export const bootstrap = {
  operators: ["platform-team@example.com"],
  teams: { "platform-team": ["platform-team@example.com"] },
  ephemeralDomains: ["example.com"],
} satisfies BootstrapInput;
