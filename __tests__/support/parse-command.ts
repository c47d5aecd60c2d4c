import type { Command } from "commander";
import { createProgram } from "../../cli/program";

export interface ParsedCommand {
  /** Names from the program down, for example `expectations push`. */
  readonly command: string;
  readonly options: Record<string, unknown>;
}

/** Parses as the program does, without doing it: an option or argument that does not exist throws. */
export async function parseCommand(args: readonly string[]): Promise<ParsedCommand> {
  const program = createProgram();
  let parsed: ParsedCommand | undefined;
  for (const [name, command] of commandsOf(program)) {
    command.exitOverride().configureOutput({ writeErr: () => undefined, writeOut: () => undefined });
    if (command.commands.length === 0)
      command.action(() => void (parsed = { command: name, options: command.optsWithGlobals() }));
  }
  await program.parseAsync([...args], { from: "user" });
  return parsed!;
}

/** A program and all commands in it, by their names from the program down; its own is empty. */
export function commandsOf(command: Command, name = ""): [name: string, command: Command][] {
  return [
    [name, command],
    ...command.commands.flatMap((inner) => commandsOf(inner, `${name} ${inner.name()}`.trim())),
  ];
}
