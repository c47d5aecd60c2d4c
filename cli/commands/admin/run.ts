import { ADMIN_EXIT } from "../../../contract/admin-box";
import { UserError } from "../../../contract/user-error";
import { extendBox, listBoxes, type Box } from "../../../operations/admin-box/boxes";
import { end } from "../../../operations/admin-box/end";
import { startHeartbeat } from "../../../operations/admin-box/heartbeat";
import { openSession } from "../../../operations/admin-box/shell";
import type { Cli } from "../../context";
import { callerOf, findBox, openPlace } from "./open";
import { shellOn } from "./shell";
import { boxesText, listed } from "./view";

interface StackOption {
  readonly stack?: string;
}

/** Opens a shell on a box that runs. */
export async function connectCommand(
  cli: Cli,
  id: string | undefined,
  options: StackOption & { readonly plugin?: true },
): Promise<void> {
  const place = await openPlace(cli, options);
  const box = await findBox(place, id);
  const stop = startHeartbeat(place, box, (error) =>
    cli.output.progress(`The heartbeat failed: ${error.message}`),
  );
  try {
    await shellOn(cli, place, box, { plugin: options.plugin });
  } finally {
    stop();
  }
}

/** Runs one command on a box; the exit code is that of the command. */
export async function runCommand(
  cli: Cli,
  id: string | undefined,
  command: readonly string[],
  options: StackOption,
): Promise<void> {
  const place = await openPlace(cli, options);
  const box = await findBox(place, id);
  const { channel, close } = await openSession(place, box, {
    request: {
      DocumentName: place.names.commandDocument,
      Parameters: { command: [commandLine(command)] },
    },
    onLate: () => cli.output.progress("The agent is not there yet; waiting on."),
    onOutput: (data, stream) => (stream === "stdout" ? process.stdout : process.stderr).write(data),
  });
  try {
    const { exitCode } = await channel.ended;
    if (exitCode === undefined) {
      throw new UserError("The session ended without the exit code of the command.");
    }
    process.exitCode = exitCode;
  } finally {
    await close();
  }
}

/** One argument is a command line of its own, as with ssh; several are quoted so that they stay what they are. */
function commandLine(command: readonly string[]): string {
  const [only, ...others] = command;
  if (only !== undefined && others.length === 0) return only;
  return command.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(" ");
}

export async function listCommand(cli: Cli, options: StackOption): Promise<void> {
  const place = await openPlace(cli, options);
  const now = place.clock.wall();
  const boxes = (await listBoxes(place.clients, place.settings.environment)).map((box) => listed(box, now));
  cli.output.result({ boxes }, () => cli.output.line(boxesText(boxes, cli.output.colors)));
}

export async function extendCommand(
  cli: Cli,
  id: string | undefined,
  { byMs, ...options }: StackOption & { readonly byMs: number },
): Promise<void> {
  const place = await openPlace(cli, options);
  const box = await findBox(place, id);
  const extended = await extendBox(place.clients, place.names, box, { byMs, now: place.clock.wall() });
  cli.output.result({ id: box.id, ...extended }, () =>
    cli.output.line(
      `${box.id} expires at ${extended.to} (before: ${extended.from}). It can be extended until ${extended.maxExpiresAt}.`,
    ),
  );
}

export async function downCommand(
  cli: Cli,
  id: string | undefined,
  options: StackOption & { readonly mine?: true; readonly all?: true },
): Promise<void> {
  if ([id, options.mine, options.all].filter(Boolean).length > 1) {
    throw new UserError("Name a box, or use --mine or --all, but only one of them.");
  }
  const place = await openPlace(cli, options);
  const boxes = await chosen();
  const results = await Promise.all(boxes.map((box) => end(place, box)));
  const ended = results.flatMap((result) => (result.kind === "ended" ? [result.id] : []));
  const failed = results.flatMap((result) => (result.kind === "ended" ? [] : [result]));
  cli.output.result(
    { ended, failed: failed.map(({ id, message, endsBy }) => ({ id, message, endsBy })) },
    () => {
      if (results.length === 0) cli.output.line("There is no box to end.");
      for (const each of ended) cli.output.line(`${each} is terminated.`);
      for (const { id: each, message, endsBy } of failed) {
        cli.output.line(
          `${each} may still run: ${message}. Without a heartbeat it shuts itself down at ${endsBy}.`,
        );
      }
    },
  );
  if (failed.length > 0) process.exitCode = ADMIN_EXIT.mayStillRun;

  async function chosen(): Promise<readonly Box[]> {
    if (!options.mine && !options.all) return [await findBox(place, id)];
    const all = await listBoxes(place.clients, place.settings.environment);
    if (options.all) return all;
    const caller = await callerOf(place);
    return all.filter(({ launchedBy }) => launchedBy === caller);
  }
}
