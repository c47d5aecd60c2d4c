import { existsSync } from "node:fs";
import { TASK_SIZES, type TaskSize } from "../../../contract/fargate";
import { isObject } from "../../../contract/json";
import { counted } from "../../../contract/text";
import { UserError } from "../../../contract/user-error";
import { changesBetween, type Changes } from "../changes";
import { checkExpectations, errorsIn } from "../check";
import { formatFindings } from "../finding";
import { labelOf, readInput } from "../input";
import { writeOutput } from "../output";
import { expectationsOfRecording, type ImportedRecording } from "./har/expectations";
import { isRecording } from "./har/recording";
import { mergeExpectations } from "./merge";
import { readDescription } from "./openapi/description";
import { expectationsOf, type Imported } from "./openapi/expectations";

export interface ImportRequest {
  /** OpenAPI description or HAR recording; `-` for standard input. */
  readonly file: string;
  /** File to write; mocks that it has already stay. */
  readonly output?: string;
  readonly only: readonly string[];
  readonly without: readonly string[];
  readonly hosts: readonly string[];
  readonly checkRequests: boolean;
}

/** What an import has done; its `--json` result. */
export interface ImportResult {
  readonly file: string;
  readonly format: "openapi" | "har";
  readonly output?: string;
  /** Operations of a description, different requests of a recording. */
  readonly operations: number;
  /** Imported. */
  readonly expectations: number;
  /** Others that the output file had and still has. */
  readonly kept: number;
  /** Those of them whose ids look like an earlier import's. */
  readonly stale: readonly string[];
  /** In the output file. */
  readonly changes: Changes;
  /** What could not become a mock, by name, and why. */
  readonly notImported: readonly string[];
  /** Smallest size of tasks that takes the expectations. */
  readonly size: string;
  /** Of a recording. */
  readonly repeated?: number;
  readonly leftOut?: ImportedRecording["leftOut"];
  /** The expectations, without an output file. */
  readonly content?: readonly unknown[];
}

/**
 * Creates expectations from a description or a recording, and puts them into a file.
 *
 * @throws UserError when there is nothing to import, or it is more than any task takes; nothing is written then
 */
export function importExpectations(request: ImportRequest): ImportResult {
  const { file, output } = request;
  const bytes = readInput(file);
  const recording = recordingIn(bytes);
  const imported: Imported | ImportedRecording = recording
    ? expectationsOfRecording(recording, request)
    : expectationsOf(descriptionOf(request, bytes), request);
  const { expectations, operations, unfit } = imported;
  if (expectations.length === 0) throw new UserError(nothingImported(request, unfit));
  const existing = output !== undefined && existsSync(output) ? readExisting(output) : [];
  const merged = mergeExpectations(existing, expectations);
  const text = `${JSON.stringify(merged, null, 2)}\n`;
  const size = smallestSize(text, "byTag" in imported ? imported.byTag : {});
  if (output !== undefined) writeOutput(output, text);
  const ids = new Set(expectations.map(({ id }) => id));
  const kept = existing.filter((one) => !isObject(one) || !ids.has(one.id));
  return {
    file: labelOf(file),
    format: recording ? "har" : "openapi",
    ...(output !== undefined && { output }),
    operations,
    expectations: expectations.length,
    kept: kept.length,
    stale: kept.flatMap((one) =>
      isObject(one) && /\.\d{3}(\.|$)/.test(String(one.id)) ? [String(one.id)] : [],
    ),
    changes: changesBetween(existing, merged),
    notImported: unfit,
    size,
    ...("repeated" in imported && { repeated: imported.repeated, leftOut: imported.leftOut }),
    ...(output === undefined && { content: merged }),
  };
}

/** The entries of a recording; `undefined` when the file is none. */
function recordingIn(bytes: Uint8Array): readonly unknown[] | undefined {
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(bytes));
    return isRecording(value) ? value.log.entries : undefined;
  } catch {
    return undefined;
  }
}

function descriptionOf({ file, hosts }: ImportRequest, bytes: Uint8Array) {
  if (hosts.length > 0)
    throw new UserError(`--host chooses requests of a recording, and ${labelOf(file)} is not a HAR file.`);
  return readDescription(file, bytes);
}

function nothingImported({ file, only, without }: ImportRequest, unfit: readonly string[]): string {
  const chosen = only.length + without.length > 0 ? " that --only and --without leave" : "";
  return [
    `${labelOf(file)}: no operation${chosen} has a response that can become a mock.`,
    ...unfit.map((line) => `  ${line}`),
  ].join("\n");
}

function readExisting(file: string): readonly unknown[] {
  const { expectations, isArray, findings } = checkExpectations(readInput(file));
  if (isArray) return expectations;
  throw new UserError(`${formatFindings(file, findings)}\n\nNothing was written to it.`);
}

function smallestSize(text: string, byTag: Readonly<Record<string, number>>): string {
  const bytes = Buffer.from(text);
  const sizes: readonly (readonly [string, TaskSize])[] = Object.entries(TASK_SIZES);
  const fits = sizes.find(([, size]) => errorsIn(checkExpectations(bytes, size).findings).length === 0);
  if (fits) return fits[0];
  const errors = errorsIn(checkExpectations(bytes, sizes.at(-1)![1]).findings);
  const tags = Object.entries(byTag)
    .sort(([, a], [, b]) => b - a)
    .slice(0, 10);
  const choice = tags.length === 0 ? "" : `\n\nImport a part with --only. Expectations by tag: ${tags.map(([tag, count]) => `${tag} ${count}`).join(", ")}.`; // prettier-ignore
  throw new UserError(
    `${formatFindings("the import", errors)}\n\n${counted(errors.length, "error")}; nothing was written.${choice}`,
  );
}
