import { importExpectations } from "../../../operations/expectations/import";
import type { Cli } from "../../context";
import { formatImport } from "./view";

export interface ImportOptions {
  readonly output?: string;
  readonly only: readonly string[];
  readonly without: readonly string[];
  readonly host: readonly string[];
  readonly checkRequests?: true;
}

export function importCommand({ output }: Cli, file: string, options: ImportOptions): void {
  const { host: hosts, checkRequests = false, ...rest } = options;
  const result = importExpectations({ ...rest, file, hosts, checkRequests });
  output.result(result, () => {
    if (result.content === undefined) output.line(formatImport(result));
    else {
      // Only the expectations are the result; the rest is about it.
      output.progress(formatImport(result));
      process.stdout.write(`${JSON.stringify(result.content, null, 2)}\n`);
    }
  });
}
