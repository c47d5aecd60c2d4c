import type { z } from "zod";
import { crossFieldFaults } from "./cross-field-rules";
import { environmentFields } from "./fields";

type Issue = z.core.$ZodRawIssue;

/** The schema of an environment file: its fields and the rules between them. */
export const environmentSchema = environmentFields.superRefine(
  (value, ctx) => {
    for (const { path, allowed, fix } of crossFieldFaults(value, (field) => isClean(field, ctx.issues))) {
      ctx.addIssue({ code: "custom", path: [...path], params: { allowed, fix } });
    }
  },
  // Run the rules even if a field is invalid, so that all faults are reported at once.
  { when: () => true },
);

/** Whether there is no issue at, above or below the field. Unknown keys do not matter. */
function isClean(field: string, issues: readonly Issue[]): boolean {
  return issues.every(({ code, path = [] }) => {
    if (code === "unrecognized_keys") return true;
    const other = path.join(".");
    return other !== "" && !`${other}.`.startsWith(`${field}.`) && !field.startsWith(`${other}.`);
  });
}
