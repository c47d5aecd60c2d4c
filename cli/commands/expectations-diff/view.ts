import type { CallerChanges } from "../../../operations/expectations/caller-changes";
import type { Diff } from "../../../operations/expectations/diff";
import type { Colors } from "../../output";

export function formatDiff({ stack, fromVersion, to, ...changes }: Diff, colors: Colors): string {
  const from = fromVersion === undefined ? "nothing" : `version ${fromVersion}`;
  const lines = changeLines(changes, colors);
  return [
    `${stack}, from ${from} to ${to}:`,
    ...(lines.length === 0 ? ["  callers notice nothing"] : lines.map((line) => `  ${line}`)),
  ].join("\n");
}

/** One line for each mock. */
export function changeLines({ added, gone, changed, hidden }: CallerChanges, colors: Colors): string[] {
  return [
    ...added.map(({ id, request }) => `${colors.green("+")} ${id} (${request})`),
    ...changed.map(({ id, request, keys }) => `${colors.yellow("~")} ${id} (${request}): ${keys.join(", ")}`),
    ...gone.map(({ id, request }) => `${colors.red("-")} ${id} (${request})`),
    ...hidden.map(({ id, request, by }) => `${colors.red("-")} ${id} (${request}): hidden by ${by}`),
  ];
}
