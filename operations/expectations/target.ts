import { S3Client } from "@aws-sdk/client-s3";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { taskSize } from "../../contract/fargate";
import { BUCKET_PURPOSE, Names } from "../../contract/names";
import type { StackRef } from "../../environments/schema/stacks";
import type { Workspace } from "../workspace";
import { UserError } from "../../contract/user-error";
import { SeenVersions } from "./seen";
import { ExpectationStore } from "./store";
import type { UploadOptions } from "./upload";

/** Where the expectations of a stack are, and what is known about it. */
export function openTarget(
  workspace: Pick<Workspace, "projectFolder" | "localEndpoint" | "clientConfig" | "progress">,
  { id, system, environment, accountId, region, definition }: StackRef,
): Omit<UploadOptions, "message"> {
  if (system !== "automock") {
    throw new UserError(
      `${id} has no expectations, only stacks of AutoMock have: automock-${environment}, for example.`,
    );
  }
  const config = workspace.clientConfig(region);
  const bucket = new Names({ system, environment, accountId, region }).bucket(BUCKET_PURPOSE.expectations);
  const size = definition?.automock?.size;
  return {
    stack: id,
    store: new ExpectationStore(new S3Client(config), id, bucket),
    seen: new SeenVersions(workspace.projectFolder, workspace.localEndpoint ?? "aws"),
    size: size && taskSize(size),
    uploader: async () => {
      const { Arn } = await new STSClient(config).send(new GetCallerIdentityCommand({}));
      return Arn ?? "unknown";
    },
    log: workspace.progress,
  };
}
