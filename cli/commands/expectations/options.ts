import { InvalidArgumentError, type Command } from "commander";
import { handle } from "../../context";
import { helpText, termOf } from "../../help";
import { addExpectationsDiff } from "../expectations-diff/options";
import { addExpectationsExplain } from "../expectations-explain/options";
import { addExpectationsImport } from "../expectations-import/options";
import { addExpectationsTry } from "../expectations-try/options";
import type { PushOptions, RollbackOptions } from "./run";

export function addExpectationsCommand(program: Command): void {
  const group = program
    .command("expectations")
    .description("validate and upload MockServer expectations, or roll back to an earlier version")
    .configureHelp({ showGlobalOptions: true, subcommandTerm: termOf })
    .addHelpText(
      "after",
      helpText({
        examples: [
          ["automock expectations validate mocks.json"],
          ["automock expectations push automock-demo-42 mocks.json"],
          ["automock expectations history automock-demo-42"],
        ],
        notes: ["Tasks load a new version within a minute, without a restart."],
      }),
    );
  addExpectationsImport(group);
  addValidate(group);
  addExpectationsTry(group);
  addExpectationsExplain(group);
  addExpectationsDiff(group);
  addPush(group);
  addPull(group);
  addHistory(group);
  addRollback(group);
}

function addValidate(group: Command): void {
  group
    .command("validate")
    .argument("<file>", "JSON array of expectations, or - for standard input")
    .description("validate a file as MockServer and the tasks will, without uploading it")
    .addHelpText(
      "after",
      helpText({
        examples: [
          ["automock expectations validate mocks.json"],
          ["generate-mocks | automock expectations validate -"],
        ],
        notes: ["The exit code is 1 if there is an error. Warnings alone are not errors."],
        json: "{ file, expectations, valid, findings: [{ severity, where, position: { line, column }, given, allowed, fix }] }",
      }),
    )
    .action(
      handle(async (cli, file: string) => {
        const { validateCommand } = await import("./run");
        validateCommand(cli, file);
      }),
    );
}

function addPush(group: Command): void {
  group
    .command("push")
    .argument("<stack>", "automock stack, for example automock-demo-42")
    .argument("<file>", "JSON array of expectations, or - for standard input")
    .description("validate a file and upload it, unless someone else uploaded after your last look")
    .option("--message <text>", "reason, shown in the history", shortText)
    .option("--force", "replace what someone else uploaded; it stays in the history")
    .option("--yes", "do not ask before mocks that answer vanish")
    .option("--wait", "wait until every running task answers with it, by what the tasks log")
    .addHelpText(
      "after",
      helpText({
        examples: [
          ["automock expectations push automock-demo-42 mocks.json"],
          ["automock expectations push automock-demo-42 mocks.json --wait"],
          ["automock expectations push automock-demo-42 mocks.json --message retries"],
          [
            "automock expectations push automock-demo-42 mocks.json --force --yes",
            "in a pipeline, where the file is the source of truth",
          ],
        ],
        notes: [
          "Nothing is uploaded if nothing has changed.",
          "--wait needs the right to list the tasks and to read their logs; it fails after two minutes.",
        ],
        json: "{ stack, bucket, uploaded, versionId, expectations, changes: { added, changed, removed, reordered }, warnings, running?: { tasks, taken } }",
      }),
    )
    .action(
      handle(async (cli, id: string, file: string, options: PushOptions) => {
        const { pushCommand } = await import("./run");
        await pushCommand(cli, id, file, options);
      }),
    );
}

function addPull(group: Command): void {
  group
    .command("pull")
    .argument("<stack>", "automock stack, for example automock-demo-42")
    .argument("[file]", "file to write (default: standard output)")
    .description("download the expectations that the tasks use")
    .option("--force", "replace a file with other content")
    .addHelpText(
      "after",
      helpText({
        examples: [
          ["automock expectations pull automock-demo-42 mocks.json"],
          ["automock expectations pull automock-demo-42 | jq length"],
        ],
        json: "{ stack, bucket, versionId, uploadedAt, by, message, file, expectations, content: […] }",
      }),
    )
    .action(
      handle(async (cli, id: string, file: string | undefined, options: { force?: true }) => {
        const { pullCommand } = await import("./run");
        await pullCommand(cli, id, file, options.force ?? false);
      }),
    );
}

function addHistory(group: Command): void {
  group
    .command("history")
    .argument("<stack>", "automock stack, for example automock-demo-42")
    .description("list the versions of the expectations, newest first")
    .option("--limit <count>", "number of versions to show", wholeNumber, 20)
    .addHelpText(
      "after",
      helpText({
        examples: [
          ["automock expectations history automock-demo-42"],
          ["automock expectations history automock-demo-42 --limit 100 --json"],
        ],
        notes: ["Replaced versions are kept for 90 days; the newest ten of them are kept forever."],
        json: "{ stack, bucket, more, versions: [{ versionId, uploadedAt, current, deleted, bytes, expectations, by, message, initial }] }",
      }),
    )
    .action(
      handle(async (cli, id: string, { limit }: { limit: number }) => {
        const { historyCommand } = await import("./run");
        await historyCommand(cli, id, limit);
      }),
    );
}

function addRollback(group: Command): void {
  group
    .command("rollback")
    .argument("<stack>", "automock stack, for example automock-demo-42")
    .argument(
      "<version>",
      "version to roll back to, from the history; the first characters are enough if no other version has them",
    )
    .description("upload an earlier version again as the newest; nothing is deleted")
    .option("--message <text>", "reason, shown in the history", shortText)
    .option("--yes", "do not ask before mocks that answer vanish")
    .addHelpText(
      "after",
      helpText({
        examples: [
          ["automock expectations history automock-demo-42"],
          ["automock expectations rollback automock-demo-42 3sL4kqtJ"],
        ],
        json: "the same document as push",
      }),
    )
    .action(
      handle(async (cli, id: string, version: string, options: RollbackOptions) => {
        const { rollbackCommand } = await import("./run");
        await rollbackCommand(cli, id, version, options);
      }),
    );
}

/** S3 allows 2 KB of metadata per object, and a non-ASCII character takes up to 12 bytes. */
const MAX_MESSAGE_LENGTH = 100;

function shortText(text: string): string {
  if (text.trim() !== "" && text.length <= MAX_MESSAGE_LENGTH) return text;
  throw new InvalidArgumentError(`Use 1 to ${MAX_MESSAGE_LENGTH} characters; this has ${text.length}.`);
}

function wholeNumber(text: string): number {
  if (/^[1-9]\d{0,3}$/.test(text)) return Number(text);
  throw new InvalidArgumentError("Use a whole number from 1 to 9999.");
}
