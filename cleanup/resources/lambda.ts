import {
  DeleteEventSourceMappingCommand,
  DeleteFunctionCommand,
  GetEventSourceMappingCommand,
  GetFunctionConfigurationCommand,
  ListEventSourceMappingsCommand,
  ListTagsCommand,
  UpdateFunctionConfigurationCommand,
} from "@aws-sdk/client-lambda";
import { Names } from "../../contract/names";
import type { Clients } from "../aws/clients";
import { unlessNotFound } from "../aws/errors";
import { allPages } from "../aws/pages";
import type { EnvScope, Found } from "../engine/resource";
import { MINUTE } from "../engine/time";
import { candidates } from "./candidates";
import type { ResourceType } from "./resource-type";
import { ACCEPTED, GONE, idHints, presentIf, readTags } from "./shared";

const FUNCTION = "lambda:function";
const MAPPING = "lambda:event-source-mapping";

/**
 * What lists or describes functions shows their environment variables as well, with whatever secrets are in them. So
 * the reaper reads tags alone, of the functions that the state or the tag index names; the configuration is read in a
 * session for the environment.
 */
const lambdaFunction: ResourceType = {
  type: FUNCTION,
  terraform: ["aws_lambda_function"],
  parts: ["aws_lambda_permission"],
  arns: ["function:"],
  stuckMs: 45 * MINUTE,
  handler: ({ read, write }) => ({
    async *list(env) {
      for (const id of idHints(env, FUNCTION)) {
        const arn = arnOf(env, id);
        const tags = await readTags(() => tagsOf(read, arn));
        if (tags) yield { type: FUNCTION, id, arn, name: id, tags };
      }
    },
    look: (found) => presentIf(() => tagsOf(read, found.arn)),
    /** The network interfaces of a function in a VPC would outlive its deletion. */
    async prepare(found) {
      const configuration = await configurationOf(write, found);
      if (!configuration?.VpcConfig?.SubnetIds?.length) return;
      await write.lambda.send(
        new UpdateFunctionConfigurationCommand({
          FunctionName: found.id,
          VpcConfig: { SubnetIds: [], SecurityGroupIds: [] },
        }),
      );
    },
    async remove(found) {
      // For a deleted resource, which has no tags, IAM refuses the session.
      if ((await unlessNotFound(() => tagsOf(read, found.arn))) === undefined) return GONE;
      const configuration = await configurationOf(write, found);
      if (configuration?.LastUpdateStatus === "InProgress") {
        return { kind: "blocked", by: [`lambda:function ${found.id} is still leaving its VPC`] };
      }
      await write.lambda.send(new DeleteFunctionCommand({ FunctionName: found.id }));
      return GONE;
    },
  }),
};

/** Deleting a function leaves its mappings, which go on looking at the queue. */
const eventSourceMapping: ResourceType = {
  type: MAPPING,
  terraform: ["aws_lambda_event_source_mapping"],
  arns: ["event-source-mapping:"],
  handler: ({ read, write }) => ({
    list: candidates(MAPPING, {
      async all(env) {
        const all = await allPages(async (Marker) => {
          const page = await read.lambda.send(new ListEventSourceMappingsCommand({ Marker }));
          return { items: page.EventSourceMappings, next: page.NextMarker };
        });
        return all.map(({ UUID: id, EventSourceMappingArn, FunctionArn = "", State }) => ({
          id: id!,
          arn: EventSourceMappingArn ?? new Names(env).arn("lambda", `event-source-mapping:${id}`),
          name: functionName(FunctionArn),
          ...(State === "Deleting" && { presence: "deleting" as const }),
        }));
      },
      tags: async ({ arn }) => tagsOf(read, arn),
    }),
    async look({ id: UUID }) {
      const found = await unlessNotFound(() => read.lambda.send(new GetEventSourceMappingCommand({ UUID })));
      if (!found) return "absent";
      return found.State === "Deleting" ? "deleting" : "present";
    },
    async remove({ id: UUID }) {
      await write.lambda.send(new DeleteEventSourceMappingCommand({ UUID }));
      return ACCEPTED;
    },
  }),
};

/** Functions, and what calls them with the messages of a queue. */
export const lambda: readonly ResourceType[] = [eventSourceMapping, lambdaFunction];

/** From an ARN with or without a version or alias. */
function functionName(arn: string): string | undefined {
  return /:function:([^:]+)/.exec(arn)?.[1];
}

function arnOf(env: EnvScope, name: string): string {
  return new Names(env).arn("lambda", `function:${name}`);
}

async function tagsOf(read: Clients, Resource: string | undefined) {
  return (await read.lambda.send(new ListTagsCommand({ Resource }))).Tags ?? {};
}

function configurationOf(write: Clients, { id }: Pick<Found, "id">) {
  return unlessNotFound(() => write.lambda.send(new GetFunctionConfigurationCommand({ FunctionName: id })));
}
