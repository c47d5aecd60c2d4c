import type { Colors } from "../../output";
import type { Check, Diagnosis } from "./check";

/** The diagnosis as text. A word precedes each check, because colour alone is not enough. */
export function diagnosisText({ checks }: Diagnosis, colors: Colors): string {
  const paint: Record<Check["status"], (text: string) => string> = {
    ok: colors.green,
    warning: colors.yellow,
    failed: colors.red,
    skipped: colors.dim,
  };
  const width = Math.max(...checks.map(({ name }) => name.length));
  const indent = " ".repeat(9);
  const lines = checks.flatMap(({ name, status, found, fix }) => {
    const [first = "", ...more] = found.split("\n");
    return [
      `${paint[status](status.padEnd(7))}  ${name.padEnd(width)}  ${first}`,
      ...more.map((line) => `${indent}${line}`.trimEnd()),
      ...(fix === undefined ? [] : [`${indent}-> ${fix}`]),
    ];
  });
  const count = (status: Check["status"]) => checks.filter((check) => check.status === status).length;
  const parts = (["ok", "warning", "failed", "skipped"] as const)
    .filter((status) => count(status) > 0)
    .map((status) => `${count(status)} ${status}`);
  return [...lines, "", parts.join(", ")].join("\n");
}
