import {
  DeleteLogGroupCommand,
  DeleteQueryDefinitionCommand,
  DescribeLogGroupsCommand,
  DescribeQueryDefinitionsCommand,
  ListTagsForResourceCommand,
  PutLogGroupDeletionProtectionCommand,
  type LogGroup,
} from "@aws-sdk/client-cloudwatch-logs";
import { logGroupPrefixes } from "../../contract/log-groups";
import type { Clients } from "../aws/clients";
import { allPages } from "../aws/pages";
import type { ResourceType } from "./resource-type";
import { GONE, hintsOf, namePrefix, presentIf, readTags } from "./shared";

const GROUP = "logs:log-group";
const QUERY = "logs:query-definition";

const logGroup: ResourceType = {
  type: GROUP,
  terraform: ["aws_cloudwatch_log_group"],
  parts: ["aws_cloudwatch_log_metric_filter"],
  arns: ["log-group:"],
  layer: "final",
  ownNames: (env) => ({ exact: [], prefixes: [...logGroupPrefixes(namePrefix(env))] }),
  handler: ({ read, write }) => ({
    async *list(env) {
      const seen = new Set<string>();
      const own = logGroupPrefixes(namePrefix(env));
      const hints = hintsOf(env, GROUP)
        .map(groupName)
        .filter((name) => !own.some((prefix) => name.startsWith(prefix)));
      for (const prefix of [...own, ...hints]) {
        if (seen.has(prefix)) continue;
        for (const { logGroupName: id, arn } of await groupsNamed(read, prefix)) {
          if (seen.has(id!) || (prefix !== id && !prefix.endsWith("/"))) continue;
          seen.add(id!);
          const resourceArn = arn?.replace(/:\*$/, "");
          const tags = await readTags(
            async () => (await read.logs.send(new ListTagsForResourceCommand({ resourceArn }))).tags ?? {},
          );
          if (tags) yield { type: GROUP, id: id!, arn: resourceArn, name: id, tags };
        }
      }
    },
    look: ({ id }) => presentIf(() => groupNamed(read, id)),
    async prepare({ id }) {
      const group = await groupNamed(read, id);
      if (!group?.deletionProtectionEnabled) return;
      await write.logs.send(
        new PutLogGroupDeletionProtectionCommand({
          logGroupIdentifier: id,
          deletionProtectionEnabled: false,
        }),
      );
    },
    async remove({ id }) {
      await write.logs.send(new DeleteLogGroupCommand({ logGroupName: id }));
      return GONE;
    },
  }),
};

const queryDefinition: ResourceType = {
  type: QUERY,
  terraform: ["aws_cloudwatch_query_definition"],
  arns: [],
  ownNames: (env) => ({ exact: [namePrefix(env)], prefixes: [`${namePrefix(env)}/`] }),
  handler: ({ read, write }) => ({
    async *list(env) {
      const hints = hintsOf(env, QUERY);
      // By name only, renamed ones in the state would be missed.
      const all = await queries(read, hints.length > 0 ? undefined : namePrefix(env));
      for (const { queryDefinitionId: id, name } of all) {
        if (hints.includes(id!) || name === namePrefix(env) || name?.startsWith(`${namePrefix(env)}/`)) {
          yield { type: QUERY, id: id!, name, tags: {} };
        }
      }
    },
    look: ({ id }) =>
      presentIf(async () => (await queries(read)).some(({ queryDefinitionId }) => queryDefinitionId === id)),
    async remove({ id }) {
      await write.logs.send(new DeleteQueryDefinitionCommand({ queryDefinitionId: id }));
      return GONE;
    },
  }),
};

/** Log groups, which go last because their writers re-create them, and saved queries. */
export const logs: readonly ResourceType[] = [logGroup, queryDefinition];

/** `arn:…:log-group:<name>` or the name itself. */
function groupName(hint: string): string {
  return hint.replace(/^arn:.*?:log-group:/, "").replace(/:\*$/, "");
}

async function groupNamed(read: Clients, name: string): Promise<LogGroup | undefined> {
  return (await groupsNamed(read, name)).find(({ logGroupName }) => logGroupName === name);
}

function groupsNamed(read: Clients, logGroupNamePrefix: string): Promise<LogGroup[]> {
  return allPages(async (nextToken) => {
    const page = await read.logs.send(new DescribeLogGroupsCommand({ logGroupNamePrefix, nextToken }));
    return { items: page.logGroups, next: page.nextToken };
  });
}

function queries(read: Clients, queryDefinitionNamePrefix?: string) {
  return allPages(async (nextToken) => {
    const page = await read.logs.send(
      new DescribeQueryDefinitionsCommand({ queryDefinitionNamePrefix, nextToken }),
    );
    return { items: page.queryDefinitions, next: page.nextToken };
  });
}
