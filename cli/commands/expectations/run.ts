import { setTimeout as sleep } from "node:timers/promises";
import { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import { ECSClient } from "@aws-sdk/client-ecs";
import { Names } from "../../../contract/names";
import { counted } from "../../../contract/text";
import { lostMocks, type CallerChanges } from "../../../operations/expectations/caller-changes";
import { checkExpectations, errorsIn } from "../../../operations/expectations/check";
import { countFindings, formatFindings } from "../../../operations/expectations/finding";
import { history } from "../../../operations/expectations/history";
import { labelOf, readInput } from "../../../operations/expectations/input";
import { pull } from "../../../operations/expectations/pull";
import type { ExpectationStore } from "../../../operations/expectations/store";
import { takenText, waitUntilTaken, type Taken } from "../../../operations/expectations/taken";
import { openTarget } from "../../../operations/expectations/target";
import { push, rollback, type UploadOptions, type Uploaded } from "../../../operations/expectations/upload";
import { confirm } from "../../confirm";
import type { Cli } from "../../context";
import { changeLines } from "../expectations-diff/view";
import { formatHistory } from "./view";

export interface RollbackOptions {
  readonly message?: string;
  readonly yes?: true;
}

export interface PushOptions extends RollbackOptions {
  readonly force?: boolean;
  readonly wait?: true;
}

export function validateCommand({ output }: Cli, file: string): void {
  const { expectations, findings } = checkExpectations(readInput(file));
  const valid = errorsIn(findings).length === 0;
  output.result({ file, expectations: expectations.length, valid, findings }, () => {
    if (findings.length > 0) output.line(`${formatFindings(labelOf(file), findings)}\n`);
    output.line(
      `${labelOf(file)}: ${counted(expectations.length, "expectation")}, ${countFindings(findings)}.`,
    );
  });
  if (!valid) process.exitCode = 1;
}

export async function pushCommand(
  cli: Cli,
  id: string,
  input: string,
  { message, force = false, yes, wait }: PushOptions,
): Promise<void> {
  const bytes = readInput(input);
  const file = labelOf(input);
  const target = await open(cli, id);
  const uploaded = await push({ ...target, file, bytes, message, force, ...askUnless(yes, cli, id) });
  const running = wait && (await taken(cli, id, target.store));
  report(cli, file, { ...uploaded, ...(running && { running }) });
}

async function taken(cli: Cli, id: string, store: ExpectationStore): Promise<Taken> {
  const { system, environment, accountId, region } = cli.stack(id);
  // Someone may have uploaded another version meanwhile: then that one is awaited.
  const { etag, uploadedAt } = (await store.current())!;
  const config = cli.clientConfig(region);
  return waitUntilTaken(
    {
      ecs: new ECSClient(config),
      logs: new CloudWatchLogsClient(config),
      names: new Names({ system, environment, accountId, region }),
      etag,
      uploadedAt,
    },
    (seconds) => sleep(seconds * 1000),
    cli.output.progress,
  );
}

function askUnless(yes: true | undefined, { output }: Cli, stack: string): Pick<UploadOptions, "confirm"> {
  if (yes) return {};
  const ask = (changes: CallerChanges) => {
    output.progress(`Callers of ${stack} would notice:`);
    for (const line of changeLines(changes, output.colors)) output.progress(`  ${line}`);
    const lost = counted(lostMocks(changes).length, "mock");
    return confirm(`${lost} that answered would answer no more. Upload? (yes/no) `, "yes");
  };
  return { confirm: ask };
}

export async function pullCommand(
  { output, ...cli }: Cli,
  id: string,
  file: string | undefined,
  force: boolean,
): Promise<void> {
  const { stack, store, seen } = await open(cli, id);
  const { bytes, result } = await pull({ stack, store, seen, file, force });
  output.result(result, () => {
    if (file === undefined) {
      process.stdout.write(bytes);
      return;
    }
    const { expectations, versionId } = result;
    const what =
      expectations === undefined ? "not an array of expectations" : counted(expectations, "expectation");
    output.line(`${file}: ${what}, version ${versionId}.`);
  });
}

export async function historyCommand(cli: Cli, id: string, limit: number): Promise<void> {
  const { stack, store } = await open(cli, id);
  const result = await history(stack, store, limit);
  cli.output.result(result, () => cli.output.line(formatHistory(result, cli.output.colors)));
}

export async function rollbackCommand(
  cli: Cli,
  id: string,
  version: string,
  { message, yes }: RollbackOptions,
): Promise<void> {
  const options = { ...(await open(cli, id)), version, message, ...askUnless(yes, cli, id) };
  report(cli, `${id}@${version}`, await rollback(options));
}

function open(cli: Omit<Cli, "output">, id: string) {
  return openTarget(cli, cli.stack(id));
}

function report({ output }: Cli, file: string, result: Uploaded & { readonly running?: Taken }): void {
  const { stack, uploaded, versionId, expectations, warnings, running } = result;
  const by = running ? `It is ${takenText(running)}.` : "The tasks load them within a minute.";
  if (warnings.length > 0 && !output.json) output.progress(formatFindings(file, warnings));
  output.result(result, () =>
    output.line(
      uploaded
        ? `${stack} now has ${counted(expectations, "expectation")}, version ${versionId}. ${by}`
        : `${stack} already has these expectations, version ${versionId}. Nothing was uploaded.${running ? ` ${by}` : ""}`,
    ),
  );
}
