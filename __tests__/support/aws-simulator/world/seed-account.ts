import { createHash } from "node:crypto";
import { reaperNames } from "../../../../contract/reaper";
import { formatInstant, SETTINGS_KEY, type StateRef } from "../../../../contract/registry";
import { toItem } from "../../../../registry/item";
import { newRecordItem } from "../../../../registry/new-record";
import { TAG } from "../../../../contract/tags";
import { stateKey } from "../../../../contract/names";
import { put } from "../services/s3-objects";
import type { AttributeValue, Item } from "./platform";
import { seedDatabase, seedExtras } from "./seed-extras";
import { seedDefaults, seedNetwork, type SeededNetwork } from "./seed-network";
import { Builder, USUAL, type Shape } from "./seed-parts";
import { seedWorkload, ZONE } from "./seed-workload";
import type { Random } from "../kernel/random";
import type { World } from "./world";

const HOUR = 3_600_000;

/** What nobody's cleanup may touch: bootstrap, the default VPC, a zone and a network of other teams. */
export interface SeededAccount {
  readonly foreignNetwork: SeededNetwork;
}

export function seedAccount(world: World, random: Random): SeededAccount {
  const { accountId, region } = world.place;
  const names = reaperNames(accountId, region);
  const bootstrap = new Builder(world, random, "bootstrap", false);
  Object.assign(bootstrap.tags, { [TAG.system]: "bootstrap", [TAG.environment]: "shared" });
  for (const [id, hashKey, rangeKey, indexes] of [
    [names.registryTableName, "pk", "sk", { open: ["open", "expiresAt"] }],
    [names.lockTableName, "LockID", undefined, {}],
  ] as const) {
    const made = bootstrap.of(id, "dynamodb", `table/${id}`);
    const items = new Map<string, Item>();
    world.tables.add({
      ...made,
      hashKey,
      rangeKey,
      indexes,
      deletionProtection: true,
      deleting: false,
      items,
      earlier: new Map(),
    });
  }
  setItem(world, names.registryTableName, toItem({ ...SETTINGS_KEY, deletionEnabled: true }) as Item);
  world.buckets.add({
    ...bootstrap.of(names.stateBucketName, "s3", names.stateBucketName),
    versioning: "Enabled",
    versions: [],
    uploads: [],
    policy: "{}",
  });
  world.topics.add({
    ...bootstrap.of(names.topicName, "sns", names.topicName),
    name: names.topicName,
    subscriptions: [
      { arn: `${names.topicArn}:operators` },
      { arn: `${names.topicArn}:team`, filterPolicy: '{"owner":["team-a"]}' },
    ],
    messages: [],
  });
  const url = `https://sqs.${region}.amazonaws.com/${accountId}/${names.deadLetterQueueName}`;
  const queue = bootstrap.of(names.deadLetterQueueName, "sqs", names.deadLetterQueueName);
  world.queues.add({ ...queue, name: names.deadLetterQueueName, url });
  const reaper = bootstrap.of(names.functionName, "lambda", `function:${names.functionName}`);
  world.functions.add({ ...reaper, name: names.functionName });
  const logs = bootstrap.of(names.logGroupName, "logs", `log-group:${names.logGroupName}`);
  world.logGroups.add({ ...logs, deletionProtection: false });
  for (const name of [names.reaperRoleName, names.cleanupRoleName, names.schedulerRoleName]) {
    const role = bootstrap.of(name, "iam", `role/${name}`);
    world.roles.add({ ...role, path: "/", inline: { own: "{}" }, attached: [], profiles: [] });
  }
  world.roles.add({
    ...bootstrap.of(
      "AWSServiceRoleForECS",
      "iam",
      "role/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS",
    ),
    tags: {},
    origin: "account",
    path: "/aws-service-role/ecs.amazonaws.com/",
    inline: {},
    attached: [],
    profiles: [],
  });

  const group = bootstrap.of(
    names.scheduleGroupName,
    "scheduler",
    `schedule-group/${names.scheduleGroupName}`,
  );
  world.scheduleGroups.add(group);

  const account = new Builder(world, random, "account", false);
  const defaultVpc = world.newId("vpc");
  world.vpcs.add({
    ...account.of(defaultVpc, "ec2", `vpc/${defaultVpc}`),
    tags: {},
    isDefault: true,
    cidr: "172.31.0.0/16",
  });
  seedDefaults(account, defaultVpc);
  const free = world.newId("eipalloc");
  world.addresses.add({
    ...account.of(free, "ec2", `elastic-ip/${free}`),
    tags: {},
    publicIp: "198.51.100.200",
    associationId: undefined,
    interfaceId: undefined,
  });
  world.scheduleGroups.add({
    ...account.of("default", "scheduler", "schedule-group/default"),
    tags: {},
  });
  const zone = account.of(ZONE.id, "route53", `hostedzone/${ZONE.id}`);
  world.hostedZones.add({ ...zone, name: ZONE.name });
  for (const type of ["NS", "SOA"]) {
    const id = `${ZONE.id}_${ZONE.name}_${type}`;
    const record = { id, arn: `record ${id}`, tags: {}, origin: "account" };
    world.records.add({
      ...record,
      zoneId: ZONE.id,
      name: ZONE.name,
      type,
      ttl: 900,
      values: ["x"],
      alias: undefined,
    });
  }
  return {
    foreignNetwork: seedNetwork(new Builder(world, random, "byo", false), { ...USUAL, environment: "byo" }),
  };
}

export interface SeededEnvironment {
  readonly shape: Shape;
  readonly stateRef: StateRef;
  readonly lineage: string;
  readonly serial: number;
  readonly createdAt: number;
  readonly expiresAt: number;
}

export interface Timing {
  readonly createdAt: number;
  readonly ttlHours: number;
}

/** An environment as a deploy leaves it: resources, state with its digest, and registry record. */
export function seedEnvironment(
  world: World,
  random: Random,
  account: SeededAccount,
  shape: Shape,
  timing: Timing,
): SeededEnvironment {
  const { environment } = shape;
  const builder = new Builder(world, random, environment);
  const network = shape.foreignNetwork ? foreign(builder, account) : seedNetwork(builder, shape);
  seedWorkload(builder, shape, network);
  if (shape.database) seedDatabase(builder, network);
  if (shape.extras) seedExtras(builder);
  const { registryTableName } = reaperNames(world.place.accountId, world.place.region);
  builder.manage("aws_dynamodb_table_item", "registry-record", {
    id: `${registryTableName}|pk|sk|ENV#${environment}|META`,
    table_name: registryTableName,
  });
  const { lostFromState: lost } = shape;
  const kept =
    typeof lost === "boolean"
      ? builder.state.filter(() => !lost || random.chance(0.8))
      : builder.state.filter(({ type }) => !lost.includes(type));
  return { shape, ...writeState(world, builder, kept), ...writeRecord(world, environment, timing) };
}

function foreign(builder: Builder, { foreignNetwork }: SeededAccount): SeededNetwork {
  builder.state.push({
    mode: "data",
    type: "aws_vpc",
    name: "network",
    attributes: { id: foreignNetwork.vpcId },
  });
  return foreignNetwork;
}

function stateRefOf(world: World, environment: string): StateRef {
  const names = reaperNames(world.place.accountId, world.place.region);
  return {
    bucket: names.stateBucketName,
    key: stateKey("automock", environment),
    lockTable: names.lockTableName,
    useLockfile: true,
  };
}

function writeState(world: World, builder: Builder, lines: Builder["state"]) {
  const stateRef = stateRefOf(world, builder.origin);
  const serial = 7;
  const lineage = world.newHex(32);
  const text = JSON.stringify({
    version: 4,
    terraform_version: "1.15.8",
    serial,
    lineage,
    outputs: { mock_url: { value: "http://example.com", type: "string" } },
    resources: lines.map(({ mode, type, name, attributes }) => ({
      mode,
      type,
      name,
      provider: 'provider["registry.terraform.io/hashicorp/aws"]',
      instances: [{ schema_version: 0, attributes }],
    })),
    check_results: null,
  });
  put(world, world.buckets.get(stateRef.bucket)!, stateRef.key, text, 0);
  const digest = createHash("md5").update(text).digest("hex");
  const LockID = { S: `${stateRef.bucket}/${stateRef.key}-md5` };
  setItem(world, stateRef.lockTable!, { LockID, Digest: { S: digest } });
  return { stateRef, serial, lineage };
}

function writeRecord(world: World, environment: string, { createdAt, ttlHours }: Timing) {
  const { item, table } = recordItem(world, environment, { createdAt, ttlHours });
  setItem(world, table, item);
  return { createdAt, expiresAt: createdAt + ttlHours * HOUR };
}

/** A record that the stream has told of long ago. */
export function seedRecord(world: World, environment: string, expiresAt: number): void {
  const ttlHours = 168;
  const { item, table } = recordItem(world, environment, {
    createdAt: expiresAt - ttlHours * HOUR,
    ttlHours,
  });
  world.tables.get(table)!.items.set(JSON.stringify([item.pk, item.sk]), item);
}

function recordItem(world: World, environment: string, { createdAt, ttlHours }: Timing) {
  const { accountId, region } = world.place;
  const item = newRecordItem({
    environment,
    system: "automock",
    owner: "team-a",
    accountId,
    region,
    createdAt: formatInstant(createdAt),
    expiresAt: formatInstant(createdAt + ttlHours * HOUR),
    maxExpiresAt: formatInstant(createdAt + 336 * HOUR),
    ttlHours,
    stateRef: stateRefOf(world, environment),
    hourlyCostUsd: 0.2,
  });
  const table = reaperNames(accountId, region).registryTableName;
  return { table, item: item as Record<string, AttributeValue> };
}

function setItem(world: World, tableName: string, item: Item): void {
  const table = world.tables.get(tableName)!;
  const key = JSON.stringify([
    item[table.hashKey],
    table.rangeKey === undefined ? null : item[table.rangeKey],
  ]);
  table.items.set(key, item);
  world.onItemChange?.(table, undefined, item);
}
