import { counted } from "../../../contract/text";
import { lostMocks, type CallerChanges } from "../../../operations/expectations/caller-changes";
import { checkExpectations, errorsIn } from "../../../operations/expectations/check";
import { countFindings, formatFindings } from "../../../operations/expectations/finding";
import { history } from "../../../operations/expectations/history";
import { labelOf, readInput } from "../../../operations/expectations/input";
import { pull } from "../../../operations/expectations/pull";
import { openTarget } from "../../../operations/expectations/target";
import { push, rollback, type Uploaded } from "../../../operations/expectations/upload";
import { confirm } from "../../confirm";
import type { Cli } from "../../context";
import type { Output } from "../../output";
import { changeLines } from "../expectations-diff/view";
import { formatHistory } from "./view";

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
  {
    message,
    force = false,
    yes,
  }: { readonly message?: string; readonly force?: boolean; readonly yes?: true },
): Promise<void> {
  const bytes = readInput(input);
  const file = labelOf(input);
  const ask = yes ? undefined : (changes: CallerChanges) => confirmLosses(cli.output, id, changes);
  report(cli, file, await push({ ...(await open(cli, id)), file, bytes, message, force, confirm: ask }));
}

function confirmLosses(output: Output, stack: string, changes: CallerChanges): Promise<boolean> {
  output.progress(`Callers of ${stack} would notice:`);
  for (const line of changeLines(changes, output.colors)) output.progress(`  ${line}`);
  const lost = counted(lostMocks(changes).length, "mock");
  return confirm(`${lost} that answered would answer no more. Upload? (yes/no) `, "yes");
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
  versionId: string,
  message: string | undefined,
): Promise<void> {
  report(cli, `${id}@${versionId}`, await rollback({ ...(await open(cli, id)), versionId, message }));
}

function open(cli: Omit<Cli, "output">, id: string) {
  return openTarget(cli, cli.stack(id));
}

function report({ output }: Cli, file: string, result: Uploaded): void {
  const { stack, uploaded, versionId, expectations, warnings } = result;
  if (warnings.length > 0 && !output.json) output.progress(formatFindings(file, warnings));
  output.result(result, () =>
    output.line(
      uploaded
        ? `${stack} now has ${counted(expectations, "expectation")}, version ${versionId}. The tasks load them within a minute.`
        : `${stack} already has these expectations, version ${versionId}. Nothing was uploaded.`,
    ),
  );
}
