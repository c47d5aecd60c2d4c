import type { KeyAlgorithm } from "@aws-sdk/client-acm";
import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import type { Entity } from "./entity";

export interface Alarm extends Entity {
  readonly composite: boolean;
}

export interface Dashboard extends Entity {
  /** Region that its widgets show, where it is another than ours: dashboards are the account's. */
  readonly region?: string;
}

export interface LogGroup extends Entity {
  deletionProtection: boolean;
}

export interface MetricFilter extends Entity {
  readonly name: string;
  readonly logGroup: string;
}

/** A saved query of Logs Insights; it cannot be tagged. */
export interface QueryDefinition extends Entity {
  readonly name: string;
}

/** An API of API Gateway; an HTTP API and a REST API are alike here. */
export interface RestOrHttpApi extends Entity {
  readonly name: string;
}

export interface EventSourceMapping extends Entity {
  readonly functionArn: string;
}

export interface Role extends Entity {
  readonly path: string;
  inline: Record<string, string>;
  attached: string[];
  profiles: string[];
}

export interface ManagedPolicy extends Entity {
  readonly name: string;
  readonly path: string;
  versions: string[];
}

export interface Certificate extends Entity {
  /** The listener is gone but its use of the certificate is still on record. */
  inUseUntil: number;
  readonly domain: string;
  readonly keyAlgorithm: KeyAlgorithm;
  /** The record that proves the domain, without dots behind. */
  readonly validation: { readonly name: string; readonly value: string };
}

export interface HostedZone extends Entity {
  readonly name: string;
}

export interface RecordSet extends Entity {
  readonly zoneId: string;
  readonly name: string;
  readonly type: string;
  readonly ttl: number | undefined;
  readonly values: readonly string[];
  /** DNS name of a load balancer. */
  readonly alias: { readonly dnsName: string; readonly zoneId: string } | undefined;
}

export interface Message {
  readonly at: number;
  readonly subject: string;
  readonly message: string;
  readonly attributes: Readonly<Record<string, string | undefined>>;
}

export interface Topic extends Entity {
  readonly name: string;
  /** Confirmed, each with its filter policy as JSON. */
  readonly subscriptions: readonly { readonly arn: string; readonly filterPolicy?: string }[];
  messages: Message[];
}

export interface Queue extends Entity {
  readonly name: string;
  readonly url: string;
}

export type ScheduleGroup = Entity;

export interface Schedule extends Entity {
  readonly group: string;
  readonly name: string;
  expression: string;
  /** It fires within so many minutes of its time. */
  readonly windowMinutes: number;
  /** What the target receives. */
  input: string;
  target: Readonly<Record<string, unknown>>;
  afterCompletion: string;
}

export interface Secret extends Entity {
  readonly name: string;
}

export interface Key extends Entity {
  aliases: string[];
  /** Set while the deletion is pending. */
  deletionDate: number | undefined;
}

export interface Repository extends Entity {
  images: string[];
}

export interface EventRule extends Entity {
  readonly name: string;
  targets: string[];
}

export interface ObjectVersion {
  readonly key: string;
  readonly versionId: string;
  readonly body: string;
  readonly etag: string;
  readonly deleteMarker: boolean;
  readonly at: number;
}

export interface Bucket extends Entity {
  versioning: "Enabled" | "Suspended" | undefined;
  /** Oldest first. */
  versions: ObjectVersion[];
  uploads: { readonly key: string; readonly uploadId: string }[];
  policy: string | undefined;
}

export type { AttributeValue };
export type Item = Record<string, AttributeValue>;

export interface Table extends Entity {
  readonly hashKey: string;
  readonly rangeKey: string | undefined;
  /** Name of an index and its keys. */
  readonly indexes: Readonly<Record<string, readonly string[]>>;
  deletionProtection: boolean;
  deleting: boolean;
  items: Map<string, Item>;
  /** Items before their last change: what a read that is not consistent returns until then. */
  readonly earlier: Map<string, { readonly item: Item | undefined; readonly until: number }>;
}
