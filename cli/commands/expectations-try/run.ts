import type { TaskSizeName } from "../../../contract/fargate";
import { UserError } from "../../../contract/user-error";
import { tryExpectations } from "../../../operations/expectations/try";
import type { Cli } from "../../context";
import { untilCtrlC } from "../until-ctrl-c";
import { formatAnswered } from "./view";

export interface TryOptions {
  readonly port: number;
  readonly size: TaskSizeName;
}

export async function tryCommand(
  { output, env }: Cli,
  file: string,
  { port, size }: TryOptions,
): Promise<never> {
  if (file === "-") throw new UserError("try loads the file again when it is saved: name a file.");
  const { url } = await tryExpectations({
    ...{ file, size, port, env },
    log: output.progress,
    onAnswer: (answered) => {
      if (output.json) process.stdout.write(`${JSON.stringify(answered)}\n`);
      else output.line(formatAnswered(answered, output.colors));
    },
  });
  output.progress(`The mocks answer at ${url}. Ctrl-C ends them.`);
  return untilCtrlC();
}
