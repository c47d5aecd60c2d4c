import { DescribeLogGroupsCommand, type CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import { DescribeInstancesCommand, DescribeNatGatewaysCommand, type EC2Client } from "@aws-sdk/client-ec2";
import {
  DescribeClustersCommand,
  DescribeServicesCommand,
  DescribeTaskDefinitionCommand,
  type ECSClient,
} from "@aws-sdk/client-ecs";
import { DescribeKeyCommand, type KMSClient } from "@aws-sdk/client-kms";
import {
  GetResourcesCommand,
  type ResourceGroupsTaggingAPIClient,
} from "@aws-sdk/client-resource-groups-tagging-api";
import { DescribeSecretCommand, type SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { logGroupPrefixes } from "../../contract/log-groups";
import { TAG } from "../../contract/tags";

/** Clients of the search. */
export interface LeftoverClients {
  readonly tagging: Pick<ResourceGroupsTaggingAPIClient, "send">;
  readonly ec2: Pick<EC2Client, "send">;
  readonly ecs: Pick<ECSClient, "send">;
  readonly logs: Pick<CloudWatchLogsClient, "send">;
  readonly kms: Pick<KMSClient, "send">;
  readonly secrets: Pick<SecretsManagerClient, "send">;
}

/** A deleted resource whose tags AWS still lists. */
export interface Ghost {
  readonly arn: string;
  /** State according to its own service, for example `INACTIVE`. */
  readonly state: string;
}

export interface Leftovers {
  /** ARNs of resources that still exist. */
  readonly left: readonly string[];
  readonly ghosts: readonly Ghost[];
  /** ARNs of what a database leaves on purpose: its final snapshot and its retained backups. */
  readonly kept: readonly string[];
}

/** What outlives a deleted database if its settings say so. It has the tags of the database. */
const KEPT = /^arn:[^:]+:rds:[^:]*:[^:]*:(snapshot:[^:]+-final-[0-9a-f-]+|auto-backup:.+)$/;

export interface LeftoverOptions {
  readonly system: string;
  readonly environment: string;
  /** Waits between two attempts. */
  readonly wait: () => Promise<void>;
  /** Attempts before a resource counts as left, because the tag index lags behind a deletion. @default 13 */
  readonly attempts?: number;
}

/**
 * Finds resources that AWS still lists with the tags of a stack, and log groups with its names: AWS creates a log group
 * again, without tags, for data that arrives after its deletion, and then the next deployment fails. Some services list deleted resources for an hour (NAT
 * gateways, instances), a month (keys) or forever (task definitions), so those services are asked for the real state.
 */
export async function findLeftovers(clients: LeftoverClients, options: LeftoverOptions): Promise<Leftovers> {
  const { attempts = 13 } = options;
  for (let attempt = 1; ; attempt++) {
    const [tagged, named] = await Promise.all([
      taggedArns(clients.tagging, options),
      logGroupArns(clients.logs, options),
    ]);
    const kept = tagged.filter((arn) => KEPT.test(arn));
    const arns = [...new Set([...tagged.filter((arn) => !KEPT.test(arn)), ...named])].sort();
    const judged = await Promise.all(
      arns.map(async (arn) => ({ arn, state: await ghostState(clients, arn) })),
    );
    const left = judged.filter(({ state }) => state === undefined).map(({ arn }) => arn);
    if (left.length === 0 || attempt >= attempts) {
      return { left, kept, ghosts: judged.filter((one): one is Ghost => one.state !== undefined) };
    }
    await options.wait();
  }
}

async function taggedArns(
  tagging: LeftoverClients["tagging"],
  { system, environment }: LeftoverOptions,
): Promise<string[]> {
  const arns: string[] = [];
  let PaginationToken: string | undefined;
  do {
    const page = await tagging.send(
      new GetResourcesCommand({
        TagFilters: [
          { Key: TAG.system, Values: [system] },
          { Key: TAG.environment, Values: [environment] },
        ],
        PaginationToken,
      }),
    );
    arns.push(...(page.ResourceTagMappingList ?? []).map(({ ResourceARN }) => ResourceARN!));
    PaginationToken = page.PaginationToken || undefined;
  } while (PaginationToken !== undefined);
  return arns.sort();
}

async function logGroupArns(
  logs: LeftoverClients["logs"],
  { system, environment }: LeftoverOptions,
): Promise<string[]> {
  const arns: string[] = [];
  for (const logGroupNamePrefix of logGroupPrefixes(`${system}-${environment}`)) {
    let nextToken: string | undefined;
    do {
      const page = await logs.send(new DescribeLogGroupsCommand({ logGroupNamePrefix, nextToken }));
      arns.push(...(page.logGroups ?? []).map(({ arn }) => arn!.replace(/:\*$/, "")));
      nextToken = page.nextToken;
    } while (nextToken !== undefined);
  }
  return arns;
}

/** The name of a log group, if the ARN is of one. */
export function logGroupIn(arn: string): string | undefined {
  return /^arn:[^:]+:logs:[^:]*:[^:]*:log-group:(.+)$/.exec(arn)?.[1];
}

type Judge = (clients: LeftoverClients, arn: string) => Promise<string | undefined>;

const NOT_FOUND = "not found";
const MISSING =
  /^(NatGatewayNotFound|InvalidInstanceID\.NotFound|ClusterNotFoundException|NotFoundException|ResourceNotFoundException|ClientException)$/;

/** How each service reports a deleted resource, by ARN pattern. */
const JUDGES: readonly (readonly [RegExp, Judge])[] = [
  [
    /:ec2:[^:]*:[^:]*:instance\//,
    async ({ ec2 }, arn) => {
      const answer = await ec2.send(new DescribeInstancesCommand({ InstanceIds: [nameIn(arn)] }));
      return goneIf(answer.Reservations?.[0]?.Instances?.[0]?.State?.Name, ["terminated"]);
    },
  ],
  [
    /:ec2:[^:]*:[^:]*:natgateway\//,
    async ({ ec2 }, arn) => {
      const answer = await ec2.send(new DescribeNatGatewaysCommand({ NatGatewayIds: [nameIn(arn)] }));
      return goneIf(answer.NatGateways?.[0]?.State, ["deleted"]);
    },
  ],
  [
    /:ecs:[^:]*:[^:]*:cluster\//,
    async ({ ecs }, arn) => {
      const answer = await ecs.send(new DescribeClustersCommand({ clusters: [arn] }));
      return goneIf(answer.clusters?.[0]?.status, ["INACTIVE"]);
    },
  ],
  [
    /:ecs:[^:]*:[^:]*:service\//,
    async ({ ecs }, arn) => {
      const [cluster = ""] = arn.split(":service/")[1]!.split("/");
      const answer = await ecs.send(new DescribeServicesCommand({ cluster, services: [arn] }));
      return goneIf(answer.services?.[0]?.status, ["INACTIVE"]);
    },
  ],
  [
    /:ecs:[^:]*:[^:]*:task-definition\//,
    async ({ ecs }, arn) => {
      const answer = await ecs.send(new DescribeTaskDefinitionCommand({ taskDefinition: arn }));
      return goneIf(answer.taskDefinition?.status, ["INACTIVE", "DELETE_IN_PROGRESS"]);
    },
  ],
  [
    /:kms:[^:]*:[^:]*:key\//,
    async ({ kms }, arn) => {
      const answer = await kms.send(new DescribeKeyCommand({ KeyId: arn }));
      return goneIf(answer.KeyMetadata?.KeyState, ["PendingDeletion", "PendingReplicaDeletion"]);
    },
  ],
  [
    /:secretsmanager:[^:]*:[^:]*:secret:/,
    async ({ secrets }, arn) => {
      const answer = await secrets.send(new DescribeSecretCommand({ SecretId: arn }));
      return answer.DeletedDate === undefined ? undefined : "scheduled for deletion";
    },
  ],
];

/** The state that shows a deletion; `undefined` if the resource exists, or no service can be asked. */
async function ghostState(clients: LeftoverClients, arn: string): Promise<string | undefined> {
  const judge = JUDGES.find(([pattern]) => pattern.test(arn))?.[1];
  try {
    return await judge?.(clients, arn);
  } catch (error) {
    if (MISSING.test((error as Error).name)) return NOT_FOUND;
    throw error;
  }
}

function goneIf(state: string | undefined, gone: readonly string[]): string | undefined {
  if (state === undefined) return NOT_FOUND;
  return gone.includes(state) ? state : undefined;
}

function nameIn(arn: string): string {
  return arn.slice(arn.lastIndexOf("/") + 1);
}
