import type { Cli } from "../../context";
import { diagnose } from "./diagnose";
import { diagnosisText } from "./view";

/** Checks what a deployment requires. The exit code is 1 if something is missing. */
export async function doctorCommand(cli: Cli, id: string | undefined): Promise<void> {
  const diagnosis = await diagnose(cli, id);
  cli.output.result(diagnosis, () => cli.output.line(diagnosisText(diagnosis, cli.output.colors)));
  if (!diagnosis.ok) process.exitCode = 1;
}
