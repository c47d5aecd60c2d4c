import { S3Client } from "@aws-sdk/client-s3";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { TASK_SIZES } from "../../contract/fargate";
import { Names } from "../../contract/names";
import type { Cli } from "../context";
import { UserError } from "../user-error";
import { SeenVersions } from "./seen";
import { ExpectationStore } from "./store";
import type { UploadOptions } from "./upload";

/** Where the expectations of a stack are, and what is known about it. */
export function openTarget(cli: Cli, id: string): Omit<UploadOptions, "message"> {
  const { system, environment, accountId, region, definition } = cli.stack(id);
  if (system !== "automock") {
    throw new UserError(
      `${id} has no expectations, only stacks of AutoMock have: automock-${environment}, for example.`,
    );
  }
  const config = cli.clientConfig(region);
  const bucket = new Names({ system, environment, accountId, region }).bucket("config");
  const size = definition?.automock.size;
  return {
    stack: id,
    store: new ExpectationStore(new S3Client(config), id, bucket),
    seen: new SeenVersions(cli.projectFolder, cli.local?.endpoint ?? "aws"),
    size: typeof size === "string" ? TASK_SIZES[size] : size,
    uploader: async () => {
      const { Arn } = await new STSClient(config).send(new GetCallerIdentityCommand({}));
      return Arn ?? "unknown";
    },
    log: cli.output.progress,
  };
}
