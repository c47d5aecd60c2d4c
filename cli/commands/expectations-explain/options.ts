import { InvalidArgumentError, type Command } from "commander";
import { handle } from "../../context";
import { helpText } from "../../help";
import type { ExplainOptions } from "./run";

/** Adds `expectations explain`. */
export function addExpectationsExplain(group: Command): void {
  group
    .command("explain")
    .argument("<file>", "JSON array of expectations, or - for standard input")
    .argument("<method>", "for example GET", method)
    .argument("<path>", "with its query, for example /orders/7?state=open", path)
    .description("tell which mock answers a request, and why the ones before it do not")
    .option("--header <header>", "for example 'Prefer: code=404'; may be repeated", header, [])
    .option("--body <text>", "body of the request")
    .addHelpText(
      "after",
      helpText({
        examples: [
          ["automock expectations explain mocks.json GET /orders/7"],
          ["automock expectations explain mocks.json POST /orders --body '{\"n\":1}'"],
        ],
        notes: [
          "A real MockServer is asked, so it needs Java 17 or newer. The exit code is 1 if no mock answers.",
        ],
        json: "{ request, status, answeredBy, passed: [{ id, why: [] }], others, nearest: { id, why: [] } }",
      }),
    )
    .action(
      handle(async (cli, file: string, method: string, path: string, options: ExplainOptions) => {
        const { explainCommand } = await import("./run");
        await explainCommand(cli, file, method, path, options);
      }),
    );
}

function method(text: string): string {
  if (/^[A-Za-z-]{1,20}$/.test(text)) return text.toUpperCase();
  throw new InvalidArgumentError("Use a method such as GET.");
}

function path(text: string): string {
  if (/^\/[\x21-\x7e]*$/.test(text)) return text;
  throw new InvalidArgumentError("Use a path that starts with / and has its special characters encoded.");
}

function header(text: string, others: ExplainOptions["header"]): ExplainOptions["header"] {
  const [, name, value] = /^([\w!#$%&'*+.^`|~-]+): *([\t\x20-\x7e]*)$/.exec(text) ?? [];
  if (name === undefined || value === undefined) throw new InvalidArgumentError("Use 'Name: value'.");
  return [...others, [name, value]];
}
