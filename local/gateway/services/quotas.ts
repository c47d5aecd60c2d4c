import { isSuccess, jsonOf, type Answer, type Call, type ServicePatch } from "../call";
import { awsErrorAnswer, type AwsError } from "../error-shape";
import type { Count, Quotas, Rate } from "../quotas";

/** What is counted, and how its service says that there are too many. */
interface Counted {
  readonly count: Count;
  /** Where it is counted. @default in an account and region */
  readonly within?: "account" | "api";
  readonly refusal: (most: number) => AwsError;
}

/**
 * API Gateway's own words are known for resources of REST APIs (https://github.com/boto/boto3/issues/1296) and for
 * integrations (https://github.com/serverless/serverless-websockets-plugin/issues/22); the others follow them. The codes
 * are those of the models of both APIs.
 */
const reached = (code: string, things: string, where: string) => (): AwsError => ({
  status: 429,
  code,
  message: `Maximum number of ${things} for this ${where} has been reached. Please contact AWS if you need additional ${things}.`,
});

const ofApi = (things: string, count: Count): Counted => ({
  count,
  within: "api",
  refusal: reached("TooManyRequestsException", things, "API"),
});

/** By the calls that create them. */
const COUNTED: Readonly<Record<string, Counted>> = {
  "apigateway CreateRestApi": {
    count: "restApis",
    refusal: reached("LimitExceededException", "APIs", "account"),
  },
  "apigateway CreateRoute": ofApi("Routes", "routesPerApi"),
  "apigateway CreateIntegration": ofApi("Integrations", "integrationsPerApi"),
  "apigateway CreateStage": ofApi("Stages", "stagesPerApi"),
  // https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_CreateTable.html#API_CreateTable_Errors
  "dynamodb CreateTable": {
    count: "tables",
    refusal: (most) => ({
      status: 400,
      code: "LimitExceededException",
      message: `Subscriber limit exceeded: There is a limit of ${most} tables per subscriber`,
    }),
  },
  // https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html#API_CreateRole_Errors
  "iam CreateRole": {
    count: "roles",
    within: "account",
    refusal: (most) => ({
      status: 409,
      code: "LimitExceeded",
      message: `Cannot exceed quota for RolesPerAccount: ${most}`,
    }),
  },
  // https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
  "s3 CreateBucket": {
    count: "buckets",
    within: "account",
    refusal: () => ({
      status: 400,
      code: "TooManyBuckets",
      message: "You have attempted to create more buckets than allowed",
    }),
  },
  // https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutRule.html#API_PutRule_Errors
  "events PutRule": {
    count: "rules",
    refusal: () => ({
      status: 400,
      code: "LimitExceededException",
      message: "The requested resource exceeds the maximum number allowed.",
    }),
  },
};

/** Rates of single operations; every call of API Gateway counts towards its total too. */
const RATES: Readonly<Record<string, Rate>> = {
  "apigateway CreateRestApi": "createRestApi",
  "apigateway CreateDeployment": "createDeployment",
  "apigateway DeleteRestApi": "deleteRestApi",
  "apigateway PutRestApi": "putRestApi",
  "sqs TagQueue": "queueTagCalls",
  "sqs UntagQueue": "queueTagCalls",
  "sqs ListQueueTags": "queueTagCalls",
};

/** Services whose quotas are known. */
export const QUOTA_SERVICES = ["apigateway", "dynamodb", "events", "iam", "s3", "sqs"] as const;

/** Refuses what is above a quota of AWS. What exists is known from the calls that created and deleted it. */
export function withQuotas(quotas: Quotas, patch: ServicePatch): ServicePatch {
  const existing = new Map<string, Set<string>>();
  const pauses = queuePauses(quotas);
  return async (call, forward) => {
    const operation = `${call.service} ${call.operation}`;
    const counted = COUNTED[operation.replace(/ Delete(?=Rule)/, " Put").replace(" Delete", " Create")];
    const names = counted && namesIn(existing, counted, call);
    const isCreating = COUNTED[operation] !== undefined;
    const refused =
      throttling(call, RATES[operation], quotas) ??
      pauses.refusal(call) ??
      (counted && isCreating && isAbove(quotas.most(counted.count), names!, call)
        ? counted.refusal(quotas.most(counted.count))
        : undefined);
    if (refused) return awsErrorAnswer(call, refused);
    const answer = await patch(call, forward);
    if (!isSuccess(answer)) return answer;
    if (isCreating) names!.add(nameOf(call, answer));
    else names?.delete(nameOf(call));
    pauses.done(call);
    return answer;
  };
}

function namesIn(existing: Map<string, Set<string>>, { count, within }: Counted, call: Call): Set<string> {
  const { accountId, region, resource } = call;
  const place = within === "account" ? accountId : `${accountId} ${region}`;
  const key = `${count} ${place} ${within === "api" ? resource : ""}`;
  const names = existing.get(key) ?? new Set();
  existing.set(key, names);
  return names;
}

/** Creating what exists changes it, or is refused for another reason. */
function isAbove(most: number, names: ReadonlySet<string>, { resource }: Call): boolean {
  return names.size >= most && !names.has(resource);
}

/** API Gateway gives names of its own, which are the last part of a path; the others are in the request. */
function nameOf({ service, path, resource }: Call, created?: Answer): string {
  if (service !== "apigateway") return resource;
  if (!created) return decodeURIComponent(path.split("/").at(-1) ?? "");
  const { id, routeId, integrationId, stageName } = jsonOf(created);
  return String(id ?? routeId ?? integrationId ?? stageName);
}

function throttling(call: Call, own: Rate | undefined, quotas: Quotas): AwsError | undefined {
  const place = `${call.accountId} ${call.region}`;
  const isApi = call.service === "apigateway";
  const accepted =
    (own === undefined || quotas.take(own, place)) && (!isApi || quotas.take("apiGatewayCalls", place));
  if (accepted) return undefined;
  // https://github.com/aws/aws-sdk-js/issues/1014
  return isApi
    ? { status: 429, code: "TooManyRequestsException", message: "Too Many Requests" }
    : { status: 400, code: "RequestThrottled", message: "Rate exceeded" };
}

/** A deleted queue keeps its name for a while, and a queue is purged once in a while. */
function queuePauses(quotas: Quotas) {
  const last = new Map<string, number>();
  const about = (call: Call) => {
    if (call.service !== "sqs" || !call.protocol.startsWith("json")) return undefined;
    const { QueueName, QueueUrl = QueueName } = jsonOf(call) as { QueueName?: string; QueueUrl?: string };
    const queue = QueueUrl?.split("/").at(-1) ?? "";
    return { queue, key: (what: string) => `${what} ${call.accountId} ${call.region} ${queue}` };
  };
  const since = (key: string) => last.get(key) ?? -Infinity;
  return {
    refusal(call: Call): AwsError | undefined {
      const { queue, key } = about(call) ?? {};
      if (key && call.operation === "CreateQueue" && quotas.blocks("queueName", since(key("DeleteQueue"))))
        // https://github.com/hashicorp/terraform-provider-aws/issues/831
        return {
          status: 400,
          code: "QueueDeletedRecently",
          queryCode: "AWS.SimpleQueueService.QueueDeletedRecently",
          message:
            "You must wait 60 seconds after deleting a queue before you can create another with the same name.",
        };
      if (key && call.operation === "PurgeQueue" && quotas.blocks("queuePurge", since(key("PurgeQueue"))))
        // https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_PurgeQueue.html#API_PurgeQueue_Errors
        return {
          status: 403,
          code: "PurgeQueueInProgress",
          queryCode: "AWS.SimpleQueueService.PurgeQueueInProgress",
          message: `Only one PurgeQueue operation on ${queue} is allowed every 60 seconds.`,
        };
      return undefined;
    },
    done(call: Call): void {
      const { key } = about(call) ?? {};
      if (key && (call.operation === "DeleteQueue" || call.operation === "PurgeQueue"))
        last.set(key(call.operation), quotas.now());
    },
  };
}
