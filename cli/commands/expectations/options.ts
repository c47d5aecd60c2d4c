import { InvalidArgumentError, type Command } from "commander";
import { handle } from "../../context";
import { helpText } from "../../help";

export function addExpectationsCommand(program: Command): void {
  const group = program
    .command("expectations")
    .description("check MockServer's expectations, upload them, and go back to an earlier version")
    .configureHelp({ showGlobalOptions: true })
    .addHelpText(
      "after",
      helpText({
        examples: [
          ["automock expectations validate mocks.json"],
          ["automock expectations push automock-demo-42 mocks.json"],
          ["automock expectations history automock-demo-42"],
        ],
        notes: ["The tasks take a new version over within a minute, without a restart."],
      }),
    );
  addValidate(group);
  addPush(group);
  addPull(group);
  addHistory(group);
  addRollback(group);
}

function addValidate(group: Command): void {
  group
    .command("validate")
    .argument("<file>", "JSON array of expectations, or - for standard input")
    .description("check a file as MockServer and the tasks will, without uploading it")
    .addHelpText(
      "after",
      helpText({
        examples: [
          ["automock expectations validate mocks.json"],
          ["generate-mocks | automock expectations validate -"],
        ],
        notes: ["Exit code 1 when there is an error; warnings alone are no error."],
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
    .argument("<stack>", "stack of AutoMock, for example automock-demo-42")
    .argument("<file>", "JSON array of expectations, or - for standard input")
    .description("check a file and upload it, unless somebody else has uploaded since you last looked")
    .option("--message <text>", "why, for the history", shortText)
    .option("--force", "replace what somebody else has uploaded; it stays in the history")
    .addHelpText(
      "after",
      helpText({
        examples: [
          ["automock expectations push automock-demo-42 mocks.json"],
          ["automock expectations push automock-demo-42 mocks.json --message retries"],
          [
            "automock expectations push automock-demo-42 mocks.json --force",
            "in a pipeline, where the file is the truth",
          ],
        ],
        notes: ["Nothing is uploaded when nothing has changed."],
        json: "{ stack, bucket, uploaded, versionId, expectations, changes: { added, changed, removed, reordered }, warnings }",
      }),
    )
    .action(
      handle(async (cli, id: string, file: string, options: { message?: string; force?: true }) => {
        const { pushCommand } = await import("./run");
        await pushCommand(cli, id, file, options);
      }),
    );
}

function addPull(group: Command): void {
  group
    .command("pull")
    .argument("<stack>", "stack of AutoMock, for example automock-demo-42")
    .argument("[file]", "where to write them; standard output when left out")
    .description("fetch the expectations that the tasks use")
    .option("--force", "replace a file that holds something else")
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
    .argument("<stack>", "stack of AutoMock, for example automock-demo-42")
    .description("list the versions of the expectations, the newest first")
    .option("--limit <count>", "how many versions to show", wholeNumber, 20)
    .addHelpText(
      "after",
      helpText({
        examples: [
          ["automock expectations history automock-demo-42"],
          ["automock expectations history automock-demo-42 --limit 100 --json"],
        ],
        notes: ["Replaced versions stay for 90 days, the newest ten of them for good."],
        json: "{ stack, bucket, more, versions: [{ versionId, uploadedAt, current, deleted, bytes, expectations, by, message }] }",
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
    .argument("<stack>", "stack of AutoMock, for example automock-demo-42")
    .argument("<version>", "version to go back to, from the history")
    .description("upload an earlier version once more, as the newest; nothing is deleted")
    .option("--message <text>", "why, for the history", shortText)
    .addHelpText(
      "after",
      helpText({
        examples: [
          ["automock expectations history automock-demo-42"],
          ["automock expectations rollback automock-demo-42 3sL4kqtJlcpXroDTDmJ.rmSp"],
        ],
        json: "the same as that of push",
      }),
    )
    .action(
      handle(async (cli, id: string, version: string, { message }: { message?: string }) => {
        const { rollbackCommand } = await import("./run");
        await rollbackCommand(cli, id, version, message);
      }),
    );
}

/** Metadata of an object takes 2 KB; a letter beyond ASCII takes up to twelve bytes of it. */
const LONGEST_MESSAGE = 100;

function shortText(text: string): string {
  if (text.trim() !== "" && text.length <= LONGEST_MESSAGE) return text;
  throw new InvalidArgumentError(`Write 1 to ${LONGEST_MESSAGE} characters; it has ${text.length}.`);
}

function wholeNumber(text: string): number {
  if (/^[1-9]\d{0,3}$/.test(text)) return Number(text);
  throw new InvalidArgumentError("Write a whole number from 1 to 9999.");
}
