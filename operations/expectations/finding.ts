import { formatFault, type Fault } from "../../contract/fault";
import { counted } from "../../contract/text";
import type { Position } from "../../environments/schema/json-source";

/** A fault of a file of expectations; `where` is the path, such as `[3].httpResponse.statusCode`, empty for the whole file. */
export interface Finding extends Fault {
  /** MockServer, or the tasks, would refuse a file with an error. */
  readonly severity: "error" | "warning";
  readonly position: Position;
}

/** A finding as four lines of text. */
export function formatFinding(file: string, { severity, where, position, ...fault }: Finding): string {
  const path = where === "" ? "" : `: ${where}`;
  return formatFault(
    { ...fault, where: `${severity}: ${file}:${position.line}:${position.column}${path}` },
    severity === "error" ? "allowed" : "means",
  );
}

/** `[3].httpResponse.headers["X-Id"]`. */
export function formatPath(path: readonly PropertyKey[]): string {
  return path
    .map((key, i) => {
      if (typeof key === "number") return `[${key}]`;
      if (!/^[\w$]+$/.test(String(key))) return `[${JSON.stringify(key)}]`;
      return i === 0 ? String(key) : `.${String(key)}`;
    })
    .join("");
}

/** How many findings of one kind are shown in full. */
const SHOWN_OF_A_KIND = 5;

/** All findings as text; of many of the same kind the first ones. */
export function formatFindings(file: string, findings: readonly Finding[]): string {
  const seen = new Map<string, number>();
  const shown = findings.filter(({ severity, allowed }) => {
    const kind = `${severity} ${allowed}`;
    seen.set(kind, (seen.get(kind) ?? 0) + 1);
    return seen.get(kind)! <= SHOWN_OF_A_KIND;
  });
  const blocks = shown.map((finding) => formatFinding(file, finding));
  const hidden = findings.length - shown.length;
  if (hidden > 0) blocks.push(`and ${hidden} more of the same kinds; --json lists all of them`);
  return blocks.join("\n\n");
}

/** `2 errors, 1 warning`. */
export function countFindings(findings: readonly Finding[]): string {
  const errors = findings.filter(({ severity }) => severity === "error").length;
  return `${counted(errors, "error")}, ${counted(findings.length - errors, "warning")}`;
}
