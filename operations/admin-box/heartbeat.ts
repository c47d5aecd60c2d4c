import { BOX_TERMS } from "../../contract/admin-box";
import { beat, type Box } from "./boxes";
import type { AdminPlace } from "./place";

/** Renews the heartbeat of a box every minute, until it is stopped. A failed one is tried again with the next. */
export function startHeartbeat(
  { clients, clock }: AdminPlace,
  box: Pick<Box, "id">,
  onFailure: (error: Error) => void,
): () => void {
  const renew = () => beat(clients, box, clock.wall()).catch(onFailure);
  const timer = setInterval(() => void renew(), BOX_TERMS.heartbeatSeconds * 1000);
  void renew();
  return () => clearInterval(timer);
}
