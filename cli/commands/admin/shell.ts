import { spawn } from "node:child_process";
import { UserError } from "../../../contract/user-error";
import type { Box } from "../../../operations/admin-box/boxes";
import type { AdminPlace } from "../../../operations/admin-box/place";
import { startSession } from "../../../operations/admin-box/session/open";
import { attach } from "../../../operations/admin-box/session/terminal";
import { openSession } from "../../../operations/admin-box/shell";
import { LATE_SECONDS, untilStarted } from "../../../operations/admin-box/wait";
import type { Cli } from "../../context";

export interface ShellCommandOptions {
  readonly reason?: string;
  readonly plugin?: true;
  readonly signal?: AbortSignal;
}

/** Opens a shell on a box and returns when it has ended. */
export async function shellOn(
  cli: Cli,
  place: AdminPlace,
  box: Box,
  { reason, plugin, signal }: ShellCommandOptions,
): Promise<{ readonly seconds: number }> {
  const { clock, names } = place;
  const began = clock.now();
  const request = { DocumentName: names.shellDocument, ...(reason && { Reason: reason }) };
  const onLate = () =>
    cli.output.progress(
      `The agent is not there after ${LATE_SECONDS} s; waiting on. A new box needs 25 to 45 s, rarely minutes.`,
    );
  if (plugin) return pluginOn(cli, place, box, { request, onLate, signal });
  cli.output.progress("Waiting for its agent …");
  const { channel, close } = await openSession(place, box, {
    request,
    onLate,
    signal,
    onOutput: (data, stream) => (stream === "stdout" ? process.stdout : process.stderr).write(data),
  });
  const onAbort = () => channel.close("interrupted");
  signal?.addEventListener("abort", onAbort);
  try {
    const seconds = (clock.now() - began) / 1000;
    await channel.ready;
    await attach(channel, { input: process.stdin, output: process.stdout });
    return { seconds };
  } finally {
    signal?.removeEventListener("abort", onAbort);
    await close();
  }
}

/** The plugin's own command line: session, region, operation, profile, request, endpoint. */
async function pluginOn(
  cli: Cli,
  { clients, clock }: AdminPlace,
  box: Box,
  {
    request,
    onLate,
    signal,
  }: {
    readonly request: { DocumentName: string };
    readonly onLate: () => void;
    readonly signal?: AbortSignal;
  },
): Promise<{ readonly seconds: number }> {
  const began = clock.now();
  const target = { ...request, Target: box.id };
  const { sessionId, streamUrl, token } = await untilStarted(
    { start: () => startSession(clients.ssm, target), isAlive: async () => true, onLate, signal },
    clock,
  );
  const seconds = (clock.now() - began) / 1000;
  const session = { SessionId: sessionId, StreamUrl: streamUrl, TokenValue: token };
  const region = await clients.ssm.config.region();
  const child = spawn(
    "session-manager-plugin",
    [
      JSON.stringify(session),
      region,
      "StartSession",
      cli.profile ?? "",
      JSON.stringify(target),
      cli.localEndpoint ?? "",
    ],
    { stdio: "inherit", env: cli.env },
  );
  await new Promise<void>((resolve, reject) => {
    child.once("exit", () => resolve());
    child.once("error", (error: NodeJS.ErrnoException) =>
      reject(
        error.code === "ENOENT"
          ? new UserError(
              "session-manager-plugin is not on PATH. Omit --plugin: the command has its own client.",
            )
          : error,
      ),
    );
  });
  return { seconds };
}
