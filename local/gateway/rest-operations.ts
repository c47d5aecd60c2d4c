import type { WireRequest } from "./wire-request";

type Recognised = { readonly operation: string; readonly resource: string };

/** Names the operation of a REST call from its method, path and query. */
export function restOperation(service: string, request: WireRequest): Recognised {
  if (service === "s3" || service === "s3express") return s3Operation(request);
  const table = TABLES[service] ?? [];
  for (const [method, pattern, operation] of table) {
    const match = method === request.method ? pattern.exec(request.path) : null;
    if (match) return { operation, resource: decodeURIComponent(match[1] ?? "") };
  }
  return { operation: `${request.method} ${request.path}`, resource: "" };
}

const TABLES: Readonly<Record<string, readonly (readonly [string, RegExp, string])[]>> = {
  lambda: [
    ["GET", /^\/2016-08-19\/account-settings\/?$/, "GetAccountSettings"],
    ["POST", /^\/2015-03-31\/functions\/?$/, "CreateFunction"],
    ["GET", /^\/2015-03-31\/functions\/?$/, "ListFunctions"],
    ["GET", /^\/2015-03-31\/functions\/([^/]+)\/?$/, "GetFunction"],
    ["DELETE", /^\/2015-03-31\/functions\/([^/]+)\/?$/, "DeleteFunction"],
    ["GET", /^\/2015-03-31\/functions\/([^/]+)\/configuration$/, "GetFunctionConfiguration"],
    ["PUT", /^\/2015-03-31\/functions\/([^/]+)\/configuration$/, "UpdateFunctionConfiguration"],
    ["PUT", /^\/2015-03-31\/functions\/([^/]+)\/code$/, "UpdateFunctionCode"],
    ["POST", /^\/2015-03-31\/functions\/([^/]+)\/invocations$/, "Invoke"],
    ["GET", /^\/2015-03-31\/functions\/([^/]+)\/policy$/, "GetPolicy"],
    ["POST", /^\/2015-03-31\/functions\/([^/]+)\/policy$/, "AddPermission"],
    ["DELETE", /^\/2015-03-31\/functions\/([^/]+)\/policy\/[^/]+$/, "RemovePermission"],
    ["POST", /^\/2015-03-31\/event-source-mappings\/?$/, "CreateEventSourceMapping"],
    ["GET", /^\/2015-03-31\/event-source-mappings\/?$/, "ListEventSourceMappings"],
    ["GET", /^\/2015-03-31\/event-source-mappings\/([^/]+)$/, "GetEventSourceMapping"],
    ["PUT", /^\/2015-03-31\/event-source-mappings\/([^/]+)$/, "UpdateEventSourceMapping"],
    ["DELETE", /^\/2015-03-31\/event-source-mappings\/([^/]+)$/, "DeleteEventSourceMapping"],
    ["POST", /^\/2021-10-31\/functions\/([^/]+)\/url$/, "CreateFunctionUrlConfig"],
    ["GET", /^\/2021-10-31\/functions\/([^/]+)\/url$/, "GetFunctionUrlConfig"],
    ["PUT", /^\/2021-10-31\/functions\/([^/]+)\/url$/, "UpdateFunctionUrlConfig"],
    ["DELETE", /^\/2021-10-31\/functions\/([^/]+)\/url$/, "DeleteFunctionUrlConfig"],
    ["PUT", /^\/2017-10-31\/functions\/([^/]+)\/concurrency$/, "PutFunctionConcurrency"],
    ["GET", /^\/2017-03-31\/tags\/([^/]+)$/, "ListTags"],
    ["POST", /^\/2017-03-31\/tags\/([^/]+)$/, "TagResource"],
    ["DELETE", /^\/2017-03-31\/tags\/([^/]+)$/, "UntagResource"],
  ],
  apigateway: [
    ["POST", /^\/v2\/apis\/?$/, "CreateApi"],
    ["GET", /^\/v2\/apis\/?$/, "GetApis"],
    ["GET", /^\/v2\/apis\/([^/]+)$/, "GetApi"],
    ["PATCH", /^\/v2\/apis\/([^/]+)$/, "UpdateApi"],
    ["DELETE", /^\/v2\/apis\/([^/]+)$/, "DeleteApi"],
    ["POST", /^\/v2\/apis\/([^/]+)\/integrations$/, "CreateIntegration"],
    ["GET", /^\/v2\/apis\/([^/]+)\/integrations$/, "GetIntegrations"],
    ["DELETE", /^\/v2\/apis\/([^/]+)\/integrations\/[^/]+$/, "DeleteIntegration"],
    ["POST", /^\/v2\/apis\/([^/]+)\/routes$/, "CreateRoute"],
    ["GET", /^\/v2\/apis\/([^/]+)\/routes$/, "GetRoutes"],
    ["DELETE", /^\/v2\/apis\/([^/]+)\/routes\/[^/]+$/, "DeleteRoute"],
    ["POST", /^\/v2\/apis\/([^/]+)\/stages$/, "CreateStage"],
    ["GET", /^\/v2\/apis\/([^/]+)\/stages$/, "GetStages"],
    ["DELETE", /^\/v2\/apis\/([^/]+)\/stages\/[^/]+$/, "DeleteStage"],
    ["GET", /^\/v2\/tags\/([^/]+)$/, "GetTags"],
    ["POST", /^\/v2\/tags\/([^/]+)$/, "TagResource"],
    ["DELETE", /^\/v2\/tags\/([^/]+)$/, "UntagResource"],
    ["POST", /^\/restapis\/?$/, "CreateRestApi"],
    ["GET", /^\/restapis\/?$/, "GetRestApis"],
    ["GET", /^\/restapis\/([^/]+)$/, "GetRestApi"],
    ["PUT", /^\/restapis\/([^/]+)$/, "PutRestApi"],
    ["DELETE", /^\/restapis\/([^/]+)$/, "DeleteRestApi"],
    ["GET", /^\/restapis\/([^/]+)\/resources$/, "GetResources"],
    ["POST", /^\/restapis\/([^/]+)\/resources\/[^/]+$/, "CreateResource"],
    ["PUT", /^\/restapis\/([^/]+)\/resources\/[^/]+\/methods\/[^/]+$/, "PutMethod"],
    ["PUT", /^\/restapis\/([^/]+)\/resources\/[^/]+\/methods\/[^/]+\/integration$/, "PutIntegration"],
    ["POST", /^\/restapis\/([^/]+)\/deployments$/, "CreateDeployment"],
    ["GET", /^\/restapis\/([^/]+)\/stages$/, "GetStages"],
  ],
  scheduler: [
    ["POST", /^\/schedules\/([^/]+)$/, "CreateSchedule"],
    ["GET", /^\/schedules\/([^/]+)$/, "GetSchedule"],
    ["PUT", /^\/schedules\/([^/]+)$/, "UpdateSchedule"],
    ["DELETE", /^\/schedules\/([^/]+)$/, "DeleteSchedule"],
    ["GET", /^\/schedules\/?$/, "ListSchedules"],
    ["POST", /^\/schedule-groups\/([^/]+)$/, "CreateScheduleGroup"],
    ["GET", /^\/schedule-groups\/([^/]+)$/, "GetScheduleGroup"],
    ["DELETE", /^\/schedule-groups\/([^/]+)$/, "DeleteScheduleGroup"],
    ["GET", /^\/schedule-groups\/?$/, "ListScheduleGroups"],
    ["GET", /^\/tags\/([^/]+)$/, "ListTagsForResource"],
    ["POST", /^\/tags\/([^/]+)$/, "TagResource"],
    ["DELETE", /^\/tags\/([^/]+)$/, "UntagResource"],
  ],
  route53: [
    ["POST", /^\/2013-04-01\/hostedzone\/([^/]+)\/rrset\/?$/, "ChangeResourceRecordSets"],
    ["GET", /^\/2013-04-01\/hostedzone\/([^/]+)\/rrset\/?$/, "ListResourceRecordSets"],
    ["POST", /^\/2013-04-01\/hostedzone\/?$/, "CreateHostedZone"],
    ["GET", /^\/2013-04-01\/hostedzone\/?$/, "ListHostedZones"],
    ["GET", /^\/2013-04-01\/hostedzone\/([^/]+)$/, "GetHostedZone"],
    ["DELETE", /^\/2013-04-01\/hostedzone\/([^/]+)$/, "DeleteHostedZone"],
    ["GET", /^\/2013-04-01\/change\/([^/]+)$/, "GetChange"],
    ["GET", /^\/2013-04-01\/tags\/hostedzone\/([^/]+)$/, "ListTagsForResource"],
    ["POST", /^\/2013-04-01\/tags\/hostedzone\/([^/]+)$/, "ChangeTagsForResource"],
  ],
};

/** Bucket sub-resources by query key, as in the S3 API reference. */
const BUCKET_ASPECTS: Readonly<Record<string, string>> = {
  accelerate: "BucketAccelerateConfiguration",
  acl: "BucketAcl",
  cors: "BucketCors",
  encryption: "BucketEncryption",
  lifecycle: "BucketLifecycleConfiguration",
  location: "BucketLocation",
  logging: "BucketLogging",
  notification: "BucketNotificationConfiguration",
  "object-lock": "ObjectLockConfiguration",
  ownershipControls: "BucketOwnershipControls",
  policy: "BucketPolicy",
  policyStatus: "BucketPolicyStatus",
  publicAccessBlock: "PublicAccessBlock",
  replication: "BucketReplication",
  requestPayment: "BucketRequestPayment",
  tagging: "BucketTagging",
  versioning: "BucketVersioning",
  website: "BucketWebsite",
};

const VERBS: Readonly<Record<string, string>> = { GET: "Get", HEAD: "Head", PUT: "Put", DELETE: "Delete" };

function s3Operation(request: WireRequest): Recognised {
  const control = /^\/v20180820\/([^/]+)(?:\/(.+))?$/.exec(request.path);
  if (control) return s3ControlOperation(request, control[1] ?? "", control[2]);
  const [, bucket = "", ...rest] = request.path.split("/");
  const key = decodeURIComponent(rest.join("/"));
  const verb = VERBS[request.method] ?? request.method;
  const { query } = request;
  if (!bucket) return { operation: "ListBuckets", resource: "" };
  if (!key)
    return { operation: bucketOperation(verb, request.method, query), resource: decodeURIComponent(bucket) };
  return {
    operation: objectOperation(verb, request, query),
    resource: `${decodeURIComponent(bucket)}/${key}`,
  };
}

function s3ControlOperation(request: WireRequest, collection: string, resource = ""): Recognised {
  const verb = VERBS[request.method] ?? "Put";
  const names: Readonly<Record<string, string>> = {
    configuration: `${verb}PublicAccessBlock`,
    tags: { GET: "ListTagsForResource", DELETE: "UntagResource" }[request.method] ?? "TagResource",
  };
  return {
    operation: names[collection] ?? `${request.method} ${request.path}`,
    resource: decodeURIComponent(resource),
  };
}

function bucketOperation(verb: string, method: string, query: URLSearchParams): string {
  for (const [key, name] of Object.entries(BUCKET_ASPECTS)) if (query.has(key)) return `${verb}${name}`;
  if (query.has("versions")) return "ListObjectVersions";
  if (query.has("uploads")) return "ListMultipartUploads";
  if (query.has("delete")) return "DeleteObjects";
  if (method === "GET") return query.has("list-type") ? "ListObjectsV2" : "ListObjects";
  return { PUT: "CreateBucket", DELETE: "DeleteBucket", HEAD: "HeadBucket" }[method] ?? `${method} bucket`;
}

function objectOperation(verb: string, request: WireRequest, query: URLSearchParams): string {
  if (query.has("tagging")) return `${verb}ObjectTagging`;
  if (query.has("acl")) return `${verb}ObjectAcl`;
  if (query.has("uploads")) return "CreateMultipartUpload";
  if (query.has("uploadId")) {
    return (
      { PUT: "UploadPart", POST: "CompleteMultipartUpload", DELETE: "AbortMultipartUpload" }[
        request.method
      ] ?? "ListParts"
    );
  }
  if (request.method === "PUT" && request.headers["x-amz-copy-source"]) return "CopyObject";
  return `${verb}Object`;
}
