import type { Command } from "commander";
import { handle } from "../../context";
import { helpText } from "../../help";
import type { ImportOptions } from "./run";

/** Adds `expectations import`. */
export function addExpectationsImport(group: Command): void {
  group
    .command("import")
    .argument("<file>", "an OpenAPI description (JSON or YAML) or a HAR recording; - is standard input")
    .description("create expectations from an OpenAPI description or a HAR recording")
    .option("-o, --output <file>", "file to write or update (default: standard output)")
    .option("--only <name>", "operation, tag or path to import; may be repeated", collected, [])
    .option("--without <name>", "operation, tag or path to leave out; may be repeated", collected, [])
    .option(
      "--check-requests",
      "answer 400 or 422, as described, to requests that do not fit the description",
    )
    .option("--host <host>", "host of the recording to import; may be repeated", collected, [])
    .addHelpText(
      "after",
      helpText({
        examples: [
          ["automock expectations import openapi.yaml -o mocks.json"],
          ["automock expectations import api.yaml -o mocks.json --only '/orders/*'"],
          ["automock expectations import shop.har -o mocks.json --host api.example.com"],
        ],
        notes: [
          "The first success response answers. The header Prefer chooses another: Prefer: code=404, or Prefer: example=cat.",
          "A second import replaces each mock in its place, and leaves other mocks in the file alone.",
        ],
        json: "{ file, format, output, operations, expectations, kept, stale, changes: { added, changed, removed, reordered }, notImported, size, repeated, leftOut: { headers, cookies, secrets }, content }",
      }),
    )
    .action(
      handle(async (cli, file: string, options: ImportOptions) => {
        const { importCommand } = await import("./run");
        importCommand(cli, file, options);
      }),
    );
}

function collected(value: string, others: readonly string[]): readonly string[] {
  return [...others, value];
}
