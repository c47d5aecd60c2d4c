import { counted } from "../../../contract/text";
import { deleteLogGroup } from "../../../operations/delivery/already-exists";
import { logGroupIn } from "../../../operations/delivery/leftovers";

/** What the search for leftovers proves. */
export const NOTHING_LEFT = "no resource has its tags, and no log group has its name";

/** What is left of a destroyed stack, and what to do. */
export function leftLines(left: readonly string[], region: string): string[] {
  const groups = left.flatMap((arn) => logGroupIn(arn) ?? []);
  return [
    `${counted(left.length, "resource still exists", "resources still exist")} with its tags or names:`,
    ...left.map((arn) => `  ${arn}`),
    ...(left.length > groups.length
      ? ["They are not in the state. Find out who created them, or delete them by hand."]
      : []),
    ...(groups.length > 0
      ? [
          "AWS creates a log group again for data that arrives late. The next deployment fails while it exists. Delete it:",
          ...groups.map((name) => `  ${deleteLogGroup(region, name)}`),
        ]
      : []),
  ];
}
