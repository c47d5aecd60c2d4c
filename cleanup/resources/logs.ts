import {
  DeleteLogGroupCommand,
  DeleteQueryDefinitionCommand,
  DescribeLogGroupsCommand,
  DescribeQueryDefinitionsCommand,
  ListTagsForResourceCommand,
  PutLogGroupDeletionProtectionCommand,
  type LogGroup,
} from "@aws-sdk/client-cloudwatch-logs";
import { allPages } from "../aws/pages";
import type { EnvScope, Handler } from "../engine/resource";
import { MINUTE } from "../engine/time";
import { GONE, hintsOf, namePrefix, readTags, type HandlerFactory } from "./shared";

const GROUP = "logs:log-group";
const QUERY = "logs:query-definition";

/** Log groups, which go last because their writers re-create them, and saved queries. */
export const logs: HandlerFactory = ({ read, write }) => {
  const groupsNamed = (logGroupNamePrefix: string): Promise<LogGroup[]> =>
    allPages(async (nextToken) => {
      const page = await read.logs.send(new DescribeLogGroupsCommand({ logGroupNamePrefix, nextToken }));
      return { items: page.logGroups, next: page.nextToken };
    });

  const logGroup: Handler = {
    type: GROUP,
    layer: "final",
    after: [],
    stuckMs: 15 * MINUTE,
    ownNames: (env) => ({ exact: [], prefixes: ownPrefixes(env) }),
    async *list(env) {
      const seen = new Set<string>();
      const hints = hintsOf(env, GROUP).map(groupName);
      for (const prefix of [...ownPrefixes(env), ...hints]) {
        if (seen.has(prefix)) continue;
        for (const { logGroupName: id, arn } of await groupsNamed(prefix)) {
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
    async look({ id }) {
      return (await groupsNamed(id)).some(({ logGroupName }) => logGroupName === id) ? "present" : "absent";
    },
    async prepare({ id }) {
      const group = (await groupsNamed(id)).find(({ logGroupName }) => logGroupName === id);
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
  };

  const queries = (queryDefinitionNamePrefix?: string) =>
    allPages(async (nextToken) => {
      const page = await read.logs.send(
        new DescribeQueryDefinitionsCommand({ queryDefinitionNamePrefix, nextToken }),
      );
      return { items: page.queryDefinitions, next: page.nextToken };
    });

  const queryDefinition: Handler = {
    type: QUERY,
    layer: "workload",
    after: [],
    stuckMs: 15 * MINUTE,
    ownNames: (env) => ({ exact: [namePrefix(env)], prefixes: [`${namePrefix(env)}/`] }),
    async *list(env) {
      const hints = hintsOf(env, QUERY);
      // By name alone would miss those of the state that were renamed.
      const all = await queries(hints.length > 0 ? undefined : namePrefix(env));
      for (const { queryDefinitionId: id, name } of all) {
        if (hints.includes(id!) || name === namePrefix(env) || name?.startsWith(`${namePrefix(env)}/`)) {
          yield { type: QUERY, id: id!, name, tags: {} };
        }
      }
    },
    async look({ id }) {
      return (await queries()).some(({ queryDefinitionId }) => queryDefinitionId === id)
        ? "present"
        : "absent";
    },
    async remove({ id }) {
      await write.logs.send(new DeleteQueryDefinitionCommand({ queryDefinitionId: id }));
      return GONE;
    },
  };

  return [logGroup, queryDefinition];
};

/** Log groups of the environment's own, and those that services make by themselves under its names. */
function ownPrefixes(env: EnvScope): string[] {
  const prefix = namePrefix(env);
  return [
    `/${prefix}/`,
    `/aws/ecs/containerinsights/${prefix}/`,
    `/aws/rds/instance/${prefix}/`,
    `/aws/lambda/${prefix}/`,
  ];
}

/** `arn:…:log-group:<name>` or the name itself. */
function groupName(hint: string): string {
  return hint.replace(/^arn:.*?:log-group:/, "").replace(/:\*$/, "");
}
