import type { z } from "zod";
import { crossFieldFaults } from "./cross-field-rules";
import { environmentFields } from "./fields";
import type { CrossFieldFault } from "./rule";
import { testEnvironmentFields } from "./test-environment-fields";
import { testEnvironmentFaults } from "./test-environment-rules";

type Issue = z.core.$ZodRawIssue;

/** The schema of an environment file: its fields and the rules between them. */
export const environmentSchema = withRules(environmentFields, crossFieldFaults);

/** The schema of the file of a test environment. */
export const testEnvironmentSchema = withRules(testEnvironmentFields, testEnvironmentFaults);

/** The rules run even if a field is invalid, so that all faults are reported at once. */
function withRules<Fields extends z.ZodObject>(
  fields: Fields,
  faults: (value: z.output<Fields>, isClean: (path: string) => boolean) => Iterable<CrossFieldFault>,
): Fields {
  return fields.superRefine(
    (value, ctx) => {
      for (const { path, ...fault } of faults(value, (field) => isClean(field, ctx.issues))) {
        ctx.addIssue({ code: "custom", path: [...path], params: fault });
      }
    },
    { when: () => true },
  );
}

/** Whether there is no issue at, above or below the field. Unknown keys do not matter. */
function isClean(field: string, issues: readonly Issue[]): boolean {
  return issues.every(({ code, path = [] }) => {
    if (code === "unrecognized_keys") return true;
    const other = path.join(".");
    return other !== "" && !`${other}.`.startsWith(`${field}.`) && !field.startsWith(`${other}.`);
  });
}
