import { diff } from "../../../operations/expectations/diff";
import { openTarget } from "../../../operations/expectations/target";
import type { Cli } from "../../context";
import { formatDiff } from "./view";

export async function diffCommand(cli: Cli, id: string, file: string | undefined): Promise<void> {
  const { stack, store } = openTarget(cli, cli.stack(id));
  const result = await diff(stack, store, file);
  cli.output.result(result, () => cli.output.line(formatDiff(result, cli.output.colors)));
}
