import type { UserError } from "../../contract/user-error";
import type { StackRef } from "../../environments/schema/stacks";

/** A stack, with or without a file in this checkout. */
export interface Located {
  readonly ref: StackRef;
  /** What to throw if AWS does not have the stack either; absent if the environment's file is here. */
  readonly unknown?: UserError;
}
