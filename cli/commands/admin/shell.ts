import type { Box } from "../../../operations/admin-box/boxes";
import type { AdminPlace } from "../../../operations/admin-box/place";
import { startSession, type OpenChannel } from "../../../operations/admin-box/session/open";
import { attach } from "../../../operations/admin-box/session/terminal";
import { isAlive, openSession } from "../../../operations/admin-box/shell";
import { LATE_SECONDS, untilStarted } from "../../../operations/admin-box/wait";
import type { Cli } from "../../context";
import { runOnTerminal } from "./child";
import { sshOn } from "./ssh";

const PLUGIN = "session-manager-plugin";
const NO_PLUGIN = "Omit --plugin: the command has its own client.";

/** Ends the wait for the agent, where there is another way. */
class AgentIsLate extends Error {}

export interface ShellCommandOptions {
  readonly reason?: string;
  readonly plugin?: true;
  readonly signal?: AbortSignal;
}

/** @throws UserError if the plugin is not there, before a box is launched for it */
export async function requirePlugin(cli: Cli): Promise<void> {
  await runOnTerminal(cli, PLUGIN, [], { missing: NO_PLUGIN, quiet: true });
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
  const { instanceConnect } = place.settings;
  const late = new AbortController();
  const onLate = () => {
    const isTried = instanceConnect && !plugin;
    cli.output.progress(
      `The agent is not there after ${LATE_SECONDS} s; ${isTried ? "trying EC2 Instance Connect" : "waiting on"}. A new box needs 25 to 45 s, rarely minutes.`,
    );
    if (isTried) late.abort(new AgentIsLate());
  };
  if (plugin) return pluginOn(cli, place, box, { request, onLate, signal });
  cli.output.progress("Waiting for its agent …");
  const open = (until: AbortSignal, whenLate: () => void) =>
    openSession(place, box, {
      request,
      onLate: whenLate,
      signal: signal ? AbortSignal.any([signal, until]) : until,
      onOutput: (data, stream) => (stream === "stdout" ? process.stdout : process.stderr).write(data),
    });
  let opened: OpenChannel;
  try {
    opened = await open(late.signal, onLate);
  } catch (error) {
    if (!(error instanceof AgentIsLate)) throw error;
    const seconds = (clock.now() - began) / 1000;
    const fault = await sshOn(cli, place, box, signal).then(
      (hasOpened) => (hasOpened ? undefined : "It opened no shell."),
      ({ message }: Error) => message,
    );
    if (fault === undefined) return { seconds };
    cli.output.progress(`EC2 Instance Connect: ${fault} Waiting on for the agent.`);
    opened = await open(new AbortController().signal, () => undefined);
  }
  const { channel, close } = opened;
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
  place: AdminPlace,
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
  const { clients, clock } = place;
  const began = clock.now();
  const target = { ...request, Target: box.id };
  const { sessionId, streamUrl, token } = await untilStarted(
    { start: () => startSession(clients.ssm, target), isAlive: () => isAlive(place, box.id), onLate, signal },
    clock,
  );
  const seconds = (clock.now() - began) / 1000;
  const session = { SessionId: sessionId, StreamUrl: streamUrl, TokenValue: token };
  const region = await clients.ssm.config.region();
  const args = [
    JSON.stringify(session),
    region,
    "StartSession",
    cli.profile ?? "",
    JSON.stringify(target),
    cli.localEndpoint ?? "",
  ];
  await runOnTerminal(cli, PLUGIN, args, { missing: NO_PLUGIN, signal });
  return { seconds };
}
