import { counted } from "../../../contract/text";
import { formatChanges, isEmpty } from "../../../operations/expectations/changes";
import type { ImportResult } from "../../../operations/expectations/import";

/** How many lines of one list are shown. */
const SHOWN = 20;

export function formatImport(result: ImportResult): string {
  const { file, format, output, operations, expectations, repeated = 0, leftOut, changes, kept } = result;
  const from = format === "har" ? counted(operations, "request") : counted(operations, "operation");
  return [
    `${file}: ${from}, ${counted(expectations, "expectation")}.`,
    ...(repeated > 0 ? [`${counted(repeated, "repeated request")} left out.`] : []),
    ...(leftOut ? leftOutLines(leftOut) : []),
    ...listed("Not imported", result.notImported),
    ...(output === undefined ? [] : [isEmpty(changes) ? `${output}: nothing has changed.` : `${output}:`]),
    ...(output === undefined ? [] : formatChanges(changes).map((line) => `  ${line}`)),
    ...(kept > 0 ? [`  ${counted(kept, "other expectation")} kept.`] : []),
    ...listed(
      "Kept, though they look like an earlier import's; delete them if the API no longer has them",
      result.stale,
    ),
    ...(result.size === "small" ? [] : [`These expectations need tasks of size ${result.size} at least; --only imports fewer.`]), // prettier-ignore
    ...(output === undefined ? [] : [`Try them: automock expectations try ${output}`]),
  ].join("\n");
}

function leftOutLines({ headers, cookies, secrets }: NonNullable<ImportResult["leftOut"]>): string[] {
  const parts = [
    ...(headers > 0 ? [counted(headers, "session header")] : []),
    ...(cookies > 0 ? [counted(cookies, "cookie")] : []),
    ...(secrets > 0 ? [counted(secrets, "possible secret")] : []),
  ];
  return parts.length === 0 ? [] : [`Left out: ${parts.join(", ")}.`];
}

function listed(title: string, lines: readonly string[]): string[] {
  if (lines.length === 0) return [];
  const more = lines.length - SHOWN;
  return [
    `${title}:`,
    ...lines.slice(0, SHOWN).map((line) => `  ${line}`),
    ...(more > 0 ? [`  and ${more} more; --json lists all of them`] : []),
  ];
}
