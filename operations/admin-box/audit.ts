import { LookupEventsCommand, type CloudTrailClient } from "@aws-sdk/client-cloudtrail";
import { BOX_TAG } from "../../contract/admin-box";
import { usdSoFar } from "./prices";
import { extrasUsd, onDemandUsd } from "../../pricing/admin-box";

/** One box in the audit. Instants are ISO 8601. */
export interface AuditedBox {
  readonly id: string;
  /** `aws:userid` of who launched it. */
  readonly launchedBy: string;
  readonly reason: string;
  readonly launchedAt: string;
  /** Absent while it runs, and if it shut itself down or AWS took it back. */
  readonly endedAt?: string;
  readonly endedBy?: string;
  readonly minutes?: number;
  /** Upper bound: on demand, with a public address. */
  readonly usd?: number;
  readonly sessions: readonly AuditedSession[];
}

export interface AuditedSession {
  readonly id: string;
  readonly by: string;
  readonly at: string;
  readonly document: string;
}

/** An event of CloudTrail, as far as the audit reads it. */
export interface TrailEvent {
  readonly eventName: string;
  readonly eventTime: string;
  readonly userIdentity?: { readonly principalId?: string; readonly invokedBy?: string };
  readonly errorCode?: string;
  readonly requestParameters?: unknown;
  readonly responseElements?: unknown;
}

const EVENTS = ["CreateFleet", "TerminateInstances", "StartSession"] as const;

/** Reads the events of a period, all pages of each name. @param since milliseconds since 1970 */
export async function trailOf(client: CloudTrailClient, since: number, now: number): Promise<TrailEvent[]> {
  const events: TrailEvent[] = [];
  for (const AttributeValue of EVENTS) {
    let NextToken: string | undefined;
    do {
      const page = await client.send(
        new LookupEventsCommand({
          LookupAttributes: [{ AttributeKey: "EventName", AttributeValue }],
          StartTime: new Date(since),
          EndTime: new Date(now),
          NextToken,
        }),
      );
      for (const { CloudTrailEvent } of page.Events ?? []) {
        if (CloudTrailEvent !== undefined) events.push(JSON.parse(CloudTrailEvent) as TrailEvent);
      }
      ({ NextToken } = page);
    } while (NextToken !== undefined);
  }
  return events;
}

/** The boxes of one launch template in these events, oldest first. */
export function auditOf(events: readonly TrailEvent[], launchTemplate: string): AuditedBox[] {
  const done = events.filter(({ errorCode }) => errorCode === undefined);
  const named = (name: (typeof EVENTS)[number]) => done.filter(({ eventName }) => eventName === name);
  return named("CreateFleet")
    .filter(({ requestParameters }) => textsIn(requestParameters).includes(launchTemplate))
    .flatMap((launch) =>
      instancesIn(launch.responseElements).map((id) => {
        const ended = named("TerminateInstances")
          .filter(({ requestParameters }) => instancesIn(requestParameters).includes(id))
          .sort(byTime)[0];
        const instanceType = textsIn(launch.responseElements).find((text) => /^[a-z]\w+\.\w+$/.test(text));
        return {
          id,
          launchedBy: launch.userIdentity?.principalId ?? "",
          reason: tagIn(launch.requestParameters, BOX_TAG.reason) ?? "",
          launchedAt: launch.eventTime,
          ...(ended && endOf(launch, ended, instanceType)),
          sessions: named("StartSession")
            .filter(({ requestParameters }) => textsIn(requestParameters).includes(id))
            .sort(byTime)
            .map(sessionOf),
        };
      }),
    )
    .sort((a, b) => (a.launchedAt < b.launchedAt ? -1 : 1));
}

function endOf(launch: TrailEvent, end: TrailEvent, instanceType: string | undefined) {
  const [from, to] = [Date.parse(launch.eventTime), Date.parse(end.eventTime)];
  const { principalId = "", invokedBy } = end.userIdentity ?? {};
  return {
    endedAt: end.eventTime,
    endedBy: invokedBy ?? principalId,
    minutes: Math.ceil((to - from) / 60_000),
    ...(instanceType !== undefined && {
      usd: Math.ceil(usdSoFar(onDemandUsd(instanceType) + extrasUsd(true), from, to) * 10_000) / 10_000,
    }),
  };
}

function sessionOf({
  userIdentity,
  eventTime,
  requestParameters,
  responseElements,
}: TrailEvent): AuditedSession {
  const { documentName } = (requestParameters ?? {}) as { readonly documentName?: string };
  const { sessionId } = (responseElements ?? {}) as { readonly sessionId?: string };
  return {
    id: sessionId ?? "",
    by: userIdentity?.principalId ?? "",
    at: eventTime,
    document: documentName ?? "SSM-SessionManagerRunShell",
  };
}

function byTime(a: TrailEvent, b: TrailEvent): number {
  return a.eventTime < b.eventTime ? -1 : 1;
}

/** Every text in a value, however deep: the events of EC2 nest differently from call to call. */
function textsIn(value: unknown): string[] {
  if (typeof value === "string") return [value];
  if (typeof value !== "object" || value === null) return [];
  return Object.values(value).flatMap(textsIn);
}

function instancesIn(value: unknown): string[] {
  return [...new Set(textsIn(value).filter((text) => /^i-([0-9a-f]{8}|[0-9a-f]{17})$/.test(text)))];
}

/** The value beside a tag key, in whichever spelling. */
function tagIn(value: unknown, key: string): string | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const entries = new Map(
    Object.entries(value).map(([name, inner]) => [name.toLowerCase(), inner as unknown]),
  );
  if (entries.get("key") === key) return String(entries.get("value") ?? "");
  for (const inner of entries.values()) {
    const found = tagIn(inner, key);
    if (found !== undefined) return found;
  }
  return undefined;
}
