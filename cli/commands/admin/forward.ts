import { UserError } from "../../../contract/user-error";
import type { Box } from "../../../operations/admin-box/boxes";
import { forward, type Forwarding } from "../../../operations/admin-box/forward";
import { startHeartbeat } from "../../../operations/admin-box/heartbeat";
import type { AdminPlace } from "../../../operations/admin-box/place";
import { BOX_TERMS } from "../../../contract/admin-box";
import { previewOf } from "../../../operations/admin-box/preview";
import type { Cli } from "../../context";
import { findBox, openPlace } from "./open";
import { withBox } from "./up";
import { previewLines } from "./view";

export interface ForwardCommandOptions {
  readonly stack?: string;
  readonly box: string | undefined;
  readonly reason?: string;
  readonly host: string;
  readonly port: number;
  /** 0 for a free one. */
  readonly localPort: number;
}

/** Forwards a local port through a box until Ctrl-C; without a box it launches one, and ends it afterwards. */
export async function forwardCommand(cli: Cli, options: ForwardCommandOptions): Promise<void> {
  const place = await openPlace(cli, options);
  const box = await runningBox(place, options.box);
  if (box) return forwardThrough(cli, place, box, options);
  const hours = BOX_TERMS.defaultHours;
  const markets = ["spot", "on-demand"] as const;
  const preview = await previewOf(place, { hours, markets });
  for (const line of previewLines(preview, hours)) cli.output.progress(line);
  await withBox(
    cli,
    place,
    { hours, reason: options.reason, markets, preview, attended: true, keep: false },
    (launched, signal) => forwardThrough(cli, place, launched, { ...options, signal }),
  );
}

async function runningBox(place: AdminPlace, id: string | undefined): Promise<Box | undefined> {
  try {
    return await findBox(place, id);
  } catch (error) {
    if (id === undefined && error instanceof UserError && /^You have no box/.test(error.message))
      return undefined;
    throw error;
  }
}

async function forwardThrough(
  cli: Cli,
  place: AdminPlace,
  box: Box,
  { host, port, localPort, signal }: ForwardCommandOptions & { readonly signal?: AbortSignal },
): Promise<void> {
  const stopHeartbeat = startHeartbeat(place, box, (error) =>
    cli.output.progress(`The heartbeat failed: ${error.message}`),
  );
  let forwarding: Forwarding | undefined;
  try {
    forwarding = await forward(place, box, { host, port, localPort, onProblem: cli.output.progress });
    const listening = forwarding.port;
    cli.output.result({ box: box.id, host, port, localPort: listening }, () =>
      cli.output.line(`127.0.0.1:${listening} leads to ${host}:${port} through ${box.id}, until Ctrl-C.`),
    );
    await (signal ? aborted(signal) : untilSignal());
  } finally {
    stopHeartbeat();
    await forwarding?.close();
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
}

function untilSignal(): Promise<void> {
  return new Promise((resolve) => {
    process.once("SIGINT", () => resolve());
    process.once("SIGTERM", () => resolve());
  });
}
