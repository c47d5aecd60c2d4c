import {
  DeleteFunctionCommand,
  GetFunctionConfigurationCommand,
  ListFunctionsCommand,
  ListTagsCommand,
  UpdateFunctionConfigurationCommand,
} from "@aws-sdk/client-lambda";
import type { Clients } from "../aws/clients";
import { unlessNotFound } from "../aws/errors";
import { allPages } from "../aws/pages";
import type { Found } from "../engine/resource";
import { MINUTE } from "../engine/time";
import { candidates } from "./candidates";
import type { ResourceType } from "./resource-type";
import { GONE, presentIf } from "./shared";

const FUNCTION = "lambda:function";

const lambdaFunction: ResourceType = {
  type: FUNCTION,
  terraform: ["aws_lambda_function"],
  parts: ["aws_lambda_permission"],
  arns: ["function:"],
  stuckMs: 45 * MINUTE,
  handler: ({ read, write }) => ({
    list: candidates(FUNCTION, {
      async all() {
        const all = await allPages(async (Marker) => {
          const page = await read.lambda.send(new ListFunctionsCommand({ Marker }));
          return { items: page.Functions, next: page.NextMarker };
        });
        return all.map(({ FunctionName: name, FunctionArn: arn }) => ({ id: name!, arn, name }));
      },
      tags: async ({ arn }) => (await read.lambda.send(new ListTagsCommand({ Resource: arn }))).Tags ?? {},
    }),
    look: (found) => presentIf(() => configurationOf(read, found)),
    /** Its network interfaces outlive a function that is deleted while still in a VPC. */
    async prepare(found) {
      const configuration = await configurationOf(read, found);
      if (!configuration?.VpcConfig?.SubnetIds?.length) return;
      await write.lambda.send(
        new UpdateFunctionConfigurationCommand({
          FunctionName: found.id,
          VpcConfig: { SubnetIds: [], SecurityGroupIds: [] },
        }),
      );
    },
    async remove(found) {
      const configuration = await configurationOf(read, found);
      if (configuration?.LastUpdateStatus === "InProgress") {
        return { kind: "blocked", by: [`lambda:function ${found.id} is still leaving its VPC`] };
      }
      await write.lambda.send(new DeleteFunctionCommand({ FunctionName: found.id }));
      return GONE;
    },
  }),
};

/** Functions. */
export const lambda: readonly ResourceType[] = [lambdaFunction];

function configurationOf(read: Clients, { id }: Pick<Found, "id">) {
  return unlessNotFound(() => read.lambda.send(new GetFunctionConfigurationCommand({ FunctionName: id })));
}
