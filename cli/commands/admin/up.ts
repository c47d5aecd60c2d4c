import { ADMIN_EXIT } from "../../../contract/admin-box";
import { UserError } from "../../../contract/user-error";
import { end } from "../../../operations/admin-box/end";
import { startHeartbeat } from "../../../operations/admin-box/heartbeat";
import { FleetError } from "../../../operations/admin-box/launch";
import { reportLaunch } from "../../../operations/admin-box/metrics";
import type { AdminPlace } from "../../../operations/admin-box/place";
import { previewOf, type Preview } from "../../../operations/admin-box/preview";
import type { Market } from "../../../operations/admin-box/prices";
import { launchBox } from "../../../operations/admin-box/up";
import type { Box } from "../../../operations/admin-box/boxes";
import type { Cli } from "../../context";
import { openPlace } from "./open";
import type { UpCommandOptions } from "./up-options";
import { requirePlugin, shellOn } from "./shell";
import { abortedBySignals } from "./signals";
import { endLines, noCapacityText, previewLines, published, upLines } from "./view";

/** Launches a box, opens a shell on it, and ends it with the shell. */
export async function upCommand(
  cli: Cli,
  options: UpCommandOptions & { readonly hours: number },
): Promise<void> {
  const place = await openPlace(cli, options);
  if (options.plugin && options.connect) await requirePlugin(cli);
  const markets: readonly Market[] = options.onDemand ? ["on-demand"] : ["spot", "on-demand"];
  const { hours } = options;
  const preview = await previewOf(place, { hours, markets });
  for (const line of previewLines(preview, hours)) cli.output.progress(line);
  const attended = options.connect;
  const up = await withBox(
    cli,
    place,
    { ...options, preview, markets, attended, keep: !attended },
    async (box, signal) => (attended ? shellOn(cli, place, box, { ...options, signal }) : undefined),
  );
  if (!up) return;
  const { box, refused, launchSeconds, work, ended } = up;
  await reportLaunch(place, { onDemand: box.market === "on-demand", secondsToShell: work?.seconds });
  cli.output.result(
    {
      box: published(box),
      refused,
      usd: preview.usd,
      seconds: { launch: launchSeconds, ...(work && { toShell: work.seconds }) },
      ended,
    },
    () => {
      for (const line of attended ? endLines(box, place.clock.wall()) : upLines(box)) cli.output.line(line);
    },
  );
}

interface WithBox {
  readonly hours: number;
  readonly reason?: string;
  readonly markets: readonly Market[];
  readonly preview: Preview;
  readonly attended: boolean;
  /** Whether the box stays afterwards. */
  readonly keep: boolean;
}

/**
 * Launches a box and ends it when the work is done, has failed, or a signal came; sets the exit code if there is no
 * capacity, a signal came or the box may still run. Returns `undefined` without capacity.
 *
 * @param endsByCtrlC see `abortedBySignals`
 */
export function withBox<T>(
  cli: Cli,
  place: AdminPlace,
  { hours, reason = "", markets, preview, attended, keep }: WithBox,
  work: (box: Box, signal: AbortSignal) => Promise<T>,
  endsByCtrlC?: () => boolean,
) {
  return abortedBySignals(async (signal) => {
    const result = await launchBox(place, preview, { hours, reason, markets, attended }).catch(
      (error: unknown) => {
        throw error instanceof FleetError ? new UserError(error.message) : error;
      },
    );
    if (result.kind === "noCapacity") {
      const { refused } = result;
      cli.output.result({ refused }, () => cli.output.line(noCapacityText(refused)));
      process.exitCode = ADMIN_EXIT.noCapacity;
      await reportLaunch(place, {});
      return undefined;
    }
    const { box, refused, seconds } = result;
    cli.output.progress(
      `${box.id} (${box.instanceType}, ${box.market}) was launched in ${seconds.toFixed(1)} s.`,
    );
    const stopHeartbeat = attended
      ? startHeartbeat(place, box, (error) => cli.output.progress(`The heartbeat failed: ${error.message}`))
      : () => undefined;
    let ended = false;
    let done: T | undefined;
    try {
      signal.throwIfAborted();
      done = await work(box, signal);
    } finally {
      stopHeartbeat();
      if (!keep || signal.aborted) ended = await endSurely(cli, place, box);
    }
    return { box, refused, launchSeconds: seconds, work: done, ended };
  }, endsByCtrlC);
}

async function endSurely(cli: Cli, place: AdminPlace, box: Box): Promise<boolean> {
  const result = await end(place, box);
  if (result.kind === "ended") return true;
  cli.output.progress(
    `${box.id} could not be terminated: ${result.message}\n` +
      `It shuts itself down at ${result.endsBy}, because its heartbeat has stopped; its own timer and its schedule end it at ${box.expiresAt}.`,
  );
  process.exitCode = ADMIN_EXIT.mayStillRun;
  return false;
}
