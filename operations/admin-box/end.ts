import { BOX_TERMS } from "../../contract/admin-box";
import { formatInstant } from "../../contract/registry";
import { endBox, type Box } from "./boxes";
import type { AdminPlace } from "./place";

/** Whether a box was ended, and if not, what ends it. */
export type EndResult =
  | { readonly kind: "ended"; readonly id: string }
  | { readonly kind: "mayStillRun"; readonly id: string; readonly message: string; readonly endsBy: string };

const ATTEMPTS_AFTER_MS = [0, 1_000, 3_000, 10_000];

/** Ends a box; tries for a quarter of a minute, then says what ends it without this command. */
export async function end(
  place: AdminPlace,
  box: Pick<Box, "id" | "aliveUntil" | "expiresAt">,
): Promise<EndResult> {
  const { clients, names, clock } = place;
  let message = "";
  for (const wait of ATTEMPTS_AFTER_MS) {
    await clock.sleep(wait);
    try {
      await endBox(clients, names, box.id);
      return { kind: "ended", id: box.id };
    } catch (error) {
      ({ message } = error as Error);
    }
  }
  return { kind: "mayStillRun", id: box.id, message, endsBy: endsBy(box, clock.wall()) };
}

/** When a box ends at the latest if its heartbeat stops now. */
function endsBy(box: Pick<Box, "aliveUntil" | "expiresAt">, now: number): string {
  const grace = Math.max(box.aliveUntil, now + BOX_TERMS.graceMinutes * 60_000);
  return formatInstant(Math.min(grace, Date.parse(box.expiresAt)));
}
