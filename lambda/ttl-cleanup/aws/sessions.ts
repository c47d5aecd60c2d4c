import { AssumeRoleCommand } from "@aws-sdk/client-sts";
import type { Access, Credentials, Clients } from "../../../cleanup/aws/clients";
import type { EnvScope } from "../../../cleanup/engine/resource";
import type { Instant } from "../../../cleanup/engine/time";
import { createHandlers } from "../../../cleanup/resources";
import { SESSION_TAG, SEVERAL_ENVIRONMENTS, type ReaperNames } from "../../../contract/reaper";
import { TAG } from "../../../contract/tags";
import type { Sessions, StateStore } from "../core/ports";
import { schedules } from "./schedules";

/** Longer than the Lambda may run; role chaining allows up to an hour. */
const SESSION_SECONDS = 1200;

export interface SessionOptions {
  readonly read: Clients;
  readonly reaper: ReaperNames;
  readonly region: string;
  readonly now: () => Instant;
  /** Reads the state of an environment with the rights of a session. */
  readonly stateOf: (access: Access) => StateStore;
  /** Creates clients with the credentials of a session. */
  readonly clientsFor: (credentials: Credentials) => Clients;
}

/**
 * Opens cleanup sessions: the cleanup role, tagged with the only environment that it may change, its system, and its
 * VPC if the environment owns one. The reaper's own rights allow no deletion.
 */
export function sessions({ read, reaper, region, now, stateOf, clientsFor }: SessionOptions): Sessions {
  return {
    async open(env, access) {
      if (env.region !== region)
        throw new Error(`environment ${env.environment} is in ${env.region}, not ${region}`);
      const write = access === "read" ? refusing(read) : await assumed(env.environment, sessionTags(env));
      const both: Access = { read, write, ...(access === "clean" && { endpointsOf }) };
      return {
        handlers: createHandlers(both),
        schedules: schedules(write, reaper, now),
        state: stateOf(both),
      };
    },
  };

  /** Only stacks of the system automock have endpoints. */
  function endpointsOf(environments: readonly string[]): Promise<Clients> {
    const tags = sessionTags({ environment: SEVERAL_ENVIRONMENTS, system: "automock", ownedVpcIds: [] });
    return assumed("several", tags, endpointsPolicy(environments));
  }

  async function assumed(name: string, Tags: Tag[], Policy?: string): Promise<Clients> {
    const { Credentials } = await read.sts.send(
      new AssumeRoleCommand({
        RoleArn: reaper.cleanupRoleArn,
        RoleSessionName: `reaper-${name}`,
        DurationSeconds: SESSION_SECONDS,
        Tags,
        ...(Policy !== undefined && { Policy }),
      }),
    );
    if (!Credentials?.AccessKeyId || !Credentials.SecretAccessKey) {
      throw new Error(`STS gave no credentials for ${reaper.cleanupRoleArn}`);
    }
    return clientsFor({
      accessKeyId: Credentials.AccessKeyId,
      secretAccessKey: Credentials.SecretAccessKey,
      sessionToken: Credentials.SessionToken,
    });
  }
}

interface Tag {
  readonly Key: string;
  readonly Value: string;
}

/** The session's own policy: of the role's rights it leaves only these. */
export function endpointsPolicy(environments: readonly string[]): string {
  return JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Action: "ec2:DeleteVpcEndpoints",
        Resource: "*",
        Condition: { StringEquals: { [`aws:ResourceTag/${TAG.environment}`]: environments } },
      },
    ],
  });
}

/** The VPC only if the environment owns it. Without the tag nothing is deleted because of its VPC. */
export function sessionTags({
  environment,
  system,
  ownedVpcIds,
}: Pick<EnvScope, "environment" | "system" | "ownedVpcIds">): Tag[] {
  const tags: Tag[] = [
    { Key: SESSION_TAG.environment, Value: environment },
    { Key: SESSION_TAG.system, Value: system },
  ];
  const [vpcId, ...more] = ownedVpcIds;
  if (vpcId !== undefined && more.length === 0) tags.push({ Key: SESSION_TAG.vpcId, Value: vpcId });
  return tags;
}

/** Clients of a dry run: each call through them is a bug. */
export function refusing(clients: Clients): Clients {
  const send = (command: object): Promise<never> => {
    throw new Error(`${command.constructor.name} in a session that only reads`);
  };
  return Object.fromEntries(Object.keys(clients).map((service) => [service, { send }])) as unknown as Clients;
}
