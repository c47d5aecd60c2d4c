import type { TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import type { Environment } from "../environments/schema";
import type { SystemId } from "../environments/schema/systems";
import { AdminStack } from "./admin/admin-stack";
import { AutomockStack } from "./automock/automock-stack";
import { TaskApiStack } from "./task-api/task-api-stack";

/** The stack class of each system. */
export const SYSTEM_STACKS: Readonly<
  Record<SystemId, new (scope: Construct, id: string, environment: Environment) => TerraformStack>
> = {
  automock: AutomockStack,
  "task-api": TaskApiStack,
  admin: AdminStack,
};
