import { explain } from "../../../operations/expectations/explain";
import type { Cli } from "../../context";
import { formatExplanation } from "./view";

export interface ExplainOptions {
  readonly header: readonly (readonly [name: string, value: string])[];
  readonly body?: string;
}

export async function explainCommand(
  { output, env }: Cli,
  file: string,
  method: string,
  path: string,
  { header: headers, body }: ExplainOptions,
): Promise<void> {
  const request = { method, path, headers, ...(body !== undefined && { body }) };
  const explanation = await explain({ file, request, env, log: output.progress });
  output.result(explanation, () => output.line(formatExplanation(explanation, output.colors)));
  if (explanation.answeredBy === undefined) process.exitCode = 1;
}
