import type { z } from "zod";
import { crossFieldFaults } from "./cross-field-rules";
import { environmentFields } from "./fields";

type Issue = z.core.$ZodRawIssue;

/** What an environment file must be: its fields, and the rules that look at several of them. */
export const environmentSchema = environmentFields.superRefine(
  (value, ctx) => {
    for (const { path, allowed, fix } of crossFieldFaults(value, (field) => isClean(field, ctx.issues))) {
      ctx.addIssue({ code: "custom", path: [...path], params: { allowed, fix } });
    }
  },
  // Also when a field is wrong in itself: all faults are shown at once.
  { when: () => true },
);

/** True when no issue lies at the field, above it or below it. A key too many spoils nothing. */
function isClean(field: string, issues: readonly Issue[]): boolean {
  return issues.every(({ code, path = [] }) => {
    if (code === "unrecognized_keys") return true;
    const other = path.join(".");
    return other !== "" && !`${other}.`.startsWith(`${field}.`) && !field.startsWith(`${other}.`);
  });
}
