import { ENVIRONMENT_NAME } from "../../../contract/permanent-names";
import { SCHEDULES } from "../../../contract/reaper";
import { hasNotice } from "../../../contract/notice";
import { REGISTRY_KEY, registryKey, SORT_KEY } from "../../../contract/registry";
import { fromItem, type Item } from "../../../registry/item";
import type { Trigger } from "../core/config";
import type { ScheduleName } from "../core/ports";

/** One record of the registry's stream, as Lambda delivers it. */
interface StreamRecord {
  readonly eventName?: string;
  readonly dynamodb?: { readonly Keys?: Item; readonly NewImage?: Item; readonly OldImage?: Item };
}

/** People change these attributes. The reaper's own changes must not wake it. */
const CHANGED_BY_PEOPLE = ["expiresAt", "protected", "owner"];

/**
 * What an event asks for. The stream may deliver several environments at once; each is named once. An unknown event is an
 * error, so that it ends in the dead-letter queue and not unnoticed.
 */
export function triggersOf(event: unknown): Trigger[] {
  if (typeof event !== "object" || event === null) throw new Error("the event is not an object");
  const { Records, kind, action, environment, dryRun, override } = event as Record<string, unknown>;
  if (Array.isArray(Records)) return streamTriggers(Records as StreamRecord[]);
  // Someone who writes `dryRun` means it, but the event of a schedule would delete anyway.
  if (kind !== undefined && [action, dryRun, override].some((one) => one !== undefined)) {
    throw new Error(
      '"kind" is for schedules and takes no "action", "dryRun" or "override"; write {"action":"plan"|"reap","environment":"<name>"} without it',
    );
  }
  if (kind === "tick") return [{ kind: "tick" }];
  if (typeof environment !== "string" || !ENVIRONMENT_NAME.test(environment)) {
    throw new Error(
      `"environment" is ${JSON.stringify(environment) ?? "missing"}; it must name an environment`,
    );
  }
  if (typeof kind === "string" && (SCHEDULES as readonly string[]).includes(kind)) {
    return [{ kind: "schedule", name: kind as ScheduleName, environment }];
  }
  if (action !== "plan" && action !== "reap") {
    throw new Error('the event is unknown; write {"action":"plan"|"reap","environment":"<name>"}');
  }
  if (dryRun !== undefined && typeof dryRun !== "boolean") {
    throw new Error(`"dryRun" is ${JSON.stringify(dryRun)}; it must be true or false`);
  }
  const isTexts = Array.isArray(override) && override.every((gate) => typeof gate === "string");
  if (override !== undefined && !isTexts) throw new Error('"override" must be a list of gates');
  return [{ kind: "manual", action, environment, dryRun, override: override as string[] | undefined }];
}

function streamTriggers(records: readonly StreamRecord[]): Trigger[] {
  const news = records.filter(isNews).flatMap((record) => {
    const pk = record.dynamodb?.Keys?.[REGISTRY_KEY.partition]?.S ?? "";
    const prefix = registryKey("").pk;
    return pk.startsWith(prefix)
      ? [{ environment: pk.slice(prefix.length), putBack: isPutBack(record) }]
      : [];
  });
  return [...new Set(news.map(({ environment }) => environment))].map((environment) => ({
    kind: "stream",
    environment,
    ...(news.some((one) => one.environment === environment && one.putBack) && { putBack: true as const }),
  }));
}

function isNews(record: StreamRecord): boolean {
  const { eventName, dynamodb } = record;
  if (dynamodb?.Keys?.[REGISTRY_KEY.sort]?.S !== SORT_KEY.meta) return false;
  if (eventName === "INSERT") return true;
  if (eventName !== "MODIFY") return false;
  const { before, after } = imagesOf(record);
  return isPutBack(record) || CHANGED_BY_PEOPLE.some((name) => before[name] !== after[name]);
}

/** A record begins without a warning, its creation never changes, and its token only grows. */
function isPutBack(record: StreamRecord): boolean {
  const { before, after } = imagesOf(record);
  if (!hasNotice(after)) return false;
  return (
    record.eventName === "INSERT" ||
    before.createdAt !== after.createdAt ||
    Number(after.token) < Number(before.token)
  );
}

function imagesOf({ dynamodb }: StreamRecord) {
  return { before: fromItem(dynamodb?.OldImage ?? {}), after: fromItem(dynamodb?.NewImage ?? {}) };
}
