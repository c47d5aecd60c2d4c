import { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group";
import { LambdaEventSourceMapping } from "@cdktf/provider-aws/lib/lambda-event-source-mapping";
import { LambdaFunction } from "@cdktf/provider-aws/lib/lambda-function";
import { LambdaFunctionEventInvokeConfig } from "@cdktf/provider-aws/lib/lambda-function-event-invoke-config";
import { AssetType, TerraformAsset, type ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { METRICS_NAMESPACE, REAPER_ENV, REAPER_SERVICE, type ReaperNames } from "../../contract/reaper";
import { REGISTRY_KEY, SORT_KEY } from "../../contract/registry";

/** The bundle of `lambda/ttl-cleanup`. */
export interface ReaperCode {
  /** Zip file with `index.mjs`. */
  readonly zipFile: string;
  /** Base64 of the zip's SHA-256; a new value deploys the code. */
  readonly sha256Base64: string;
}

export interface ReaperFunctionProps {
  readonly reaper: ReaperNames;
  readonly code: ReaperCode;
  readonly roleArn: string;
  /** Policies of roles and topic: the function starts with them. */
  readonly ready: readonly ITerraformDependable[];
  /** ARN of the registry's stream. */
  readonly registryStreamArn: string;
  /** ARN of the queue for events that failed for good. */
  readonly deadLetterQueueArn: string;
  readonly logRetentionDays: number;
  /** Aliases of accounts that look like production and are not. */
  readonly accountAliases: readonly string[];
  /** Names of environments that are never deleted. */
  readonly permanentNames: readonly string[];
}

/** Lambda's limit; a pass stops a minute before it and is resumed by a schedule. */
const TIMEOUT_SECONDS = 900;

/**
 * The reaper's Lambda outside of any VPC, with the log group that it may not create itself, retries and a
 * dead-letter queue for asynchronous events, and the stream of the registry.
 */
export class ReaperFunction extends Construct {
  /** ARN (a token). */
  public readonly functionArn: string;

  constructor(scope: Construct, id: string, props: ReaperFunctionProps) {
    super(scope, id);
    const { reaper, code, deadLetterQueueArn } = props;
    const logs = new CloudwatchLogGroup(this, "log-group", {
      name: reaper.logGroupName,
      retentionInDays: props.logRetentionDays,
    });
    const asset = new TerraformAsset(this, "code", { path: code.zipFile, type: AssetType.FILE });
    const reaperFunction = new LambdaFunction(this, "function", {
      functionName: reaper.functionName,
      description: "Removes ephemeral environments whose time is over",
      role: props.roleArn,
      filename: asset.path,
      sourceCodeHash: code.sha256Base64,
      handler: "index.handler",
      runtime: "nodejs22.x",
      architectures: ["arm64"],
      // For hundreds of environments at once; one alone needs a fifth of it.
      memorySize: 2048,
      timeout: TIMEOUT_SECONDS,
      environment: {
        variables: {
          NODE_OPTIONS: "--enable-source-maps",
          POWERTOOLS_METRICS_NAMESPACE: METRICS_NAMESPACE,
          POWERTOOLS_SERVICE_NAME: REAPER_SERVICE,
          [REAPER_ENV.accountId]: reaper.names.accountId,
          [REAPER_ENV.permanentNames]: props.permanentNames.join(","),
          ...(props.accountAliases.length > 0 && {
            [REAPER_ENV.accountAliases]: props.accountAliases.join(","),
          }),
        },
      },
      loggingConfig: { logFormat: "JSON", logGroup: logs.name },
      tracingConfig: { mode: "Active" },
      tags: { Name: reaper.functionName },
      dependsOn: [logs, ...props.ready],
    });
    this.functionArn = reaperFunction.arn;

    new LambdaFunctionEventInvokeConfig(this, "asynchronous", {
      functionName: reaperFunction.functionName,
      maximumRetryAttempts: 2,
      maximumEventAgeInSeconds: 6 * 3600,
      destinationConfig: { onFailure: { destination: deadLetterQueueArn } },
    });
    new LambdaEventSourceMapping(this, "registry-stream", {
      functionName: reaperFunction.arn,
      eventSourceArn: props.registryStreamArn,
      // From the oldest record: what is registered while the mapping is made is not lost.
      startingPosition: "TRIM_HORIZON",
      batchSize: 10,
      maximumRetryAttempts: 5,
      bisectBatchOnFunctionError: true,
      destinationConfig: { onFailure: { destinationArn: deadLetterQueueArn } },
      filterCriteria: {
        filter: [
          {
            pattern: JSON.stringify({
              eventName: ["INSERT", "MODIFY"],
              dynamodb: { Keys: { [REGISTRY_KEY.sort]: { S: [SORT_KEY.meta] } } },
            }),
          },
        ],
      },
    });
  }
}
