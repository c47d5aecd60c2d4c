import type { UserError } from "../../contract/user-error";
import type { StackRef } from "../../environments/stacks";

/** A stack, which need not have a file in this checkout. */
export interface Located {
  readonly ref: StackRef;
  /** What to throw when AWS has nothing of it either; absent when the environment's file is here. */
  readonly unknown?: UserError;
}
