import type { ReaperConfig } from "../../lambda/ttl-cleanup/core/config";
import type { PassResult } from "../../lambda/ttl-cleanup/core/context";
import { runPass } from "../../lambda/ttl-cleanup/core/pass";
import { FakeAws } from "./reaper-fakes";
import { typicalAws, TYPES } from "./reaper-graphs";
import { HOUR, iso, MINUTE, recordOf, T0, type FakeResource } from "./reaper-values";

export const EXPIRY = T0 + 4 * HOUR;
const WARNED = { phase: "WARNED" as const, warnFor: iso(EXPIRY), warnedAt: iso(EXPIRY - 62 * MINUTE) };

/** Warned in time, and just expired. */
export function expiredAws(aws = typicalAws()): FakeAws {
  aws.records.set("pr-1", { ...recordOf(), ...WARNED });
  aws.notices.push({ at: EXPIRY - 62 * MINUTE, kind: "warning", environment: "pr-1", subject: "", text: "" });
  aws.now = EXPIRY;
  return aws;
}

/** An expired environment with these resources alone, all managed in its state. */
export function small(...resources: FakeResource[]): FakeAws {
  const aws = new FakeAws(TYPES);
  aws.register(recordOf());
  expiredAws(aws);
  for (const one of resources) aws.add({ environment: "pr-1", ...one }, "managed");
  return aws;
}

/** One pass over it, now. */
export const pass = (
  aws: FakeAws,
  config: Partial<ReaperConfig> = {},
  limitMs = 15 * MINUTE,
): Promise<PassResult> => runPass(aws.world(config, limitMs), { environment: "pr-1" });

/** What was sent after the warning. */
export const sent = (aws: FakeAws) => aws.notices.slice(1).map(({ kind, subject }) => `${kind}: ${subject}`);
