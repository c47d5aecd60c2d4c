import { once } from "node:events";
import { UserError } from "../../../contract/user-error";
import type { Box } from "../../../operations/admin-box/boxes";
import { forward, type Forwarding } from "../../../operations/admin-box/forward";
import { startHeartbeat } from "../../../operations/admin-box/heartbeat";
import type { AdminPlace } from "../../../operations/admin-box/place";
import { BOX_TERMS } from "../../../contract/admin-box";
import { previewOf } from "../../../operations/admin-box/preview";
import type { Cli } from "../../context";
import { findBox, openPlace } from "./open";
import { abortedBySignals } from "./signals";
import { withBox } from "./up";
import { endLines, previewLines } from "./view";

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
  let listens = false;
  const through = (one: Box, signal: AbortSignal) =>
    forwardThrough(cli, place, one, { ...options, signal, onListening: () => (listens = true) });
  if (box)
    return abortedBySignals(
      (signal) => through(box, signal),
      () => listens,
    );
  const hours = BOX_TERMS.defaultHours;
  const markets = ["spot", "on-demand"] as const;
  const preview = await previewOf(place, { hours, markets });
  for (const line of previewLines(preview, hours)) cli.output.progress(line);
  const { reason } = options;
  const terms = { hours, reason, markets, preview, attended: true, keep: false };
  const used = await withBox(cli, place, terms, through, () => listens);
  if (used?.ended) for (const line of endLines(used.box, place.clock.wall())) cli.output.progress(line);
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
  options: ForwardCommandOptions & { readonly signal: AbortSignal; readonly onListening: () => void },
): Promise<void> {
  const { host, port, localPort, signal, onListening } = options;
  const stopHeartbeat = startHeartbeat(place, box, (error) =>
    cli.output.progress(`The heartbeat failed: ${error.message}`),
  );
  let forwarding: Forwarding | undefined;
  try {
    forwarding = await forward(place, box, { host, port, localPort, onProblem: cli.output.progress });
    const listening = forwarding.port;
    onListening();
    cli.output.result({ box: box.id, host, port, localPort: listening }, () =>
      cli.output.line(`127.0.0.1:${listening} leads to ${host}:${port} through ${box.id}, until Ctrl-C.`),
    );
    if (!signal.aborted) await once(signal, "abort");
  } finally {
    stopHeartbeat();
    await forwarding?.close();
  }
}
