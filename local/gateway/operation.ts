import { restOperation } from "./rest-operations";
import type { WireRequest } from "./wire-request";

/** Protocol of an AWS service, which decides the shape of its errors. */
export type Protocol = "json-1.0" | "json-1.1" | "rest-json" | "query" | "ec2" | "rest-xml" | "cbor";

export interface Operation {
  readonly protocol: Protocol;
  /** Signing name: `ec2`, `ecs`, `s3`, `elasticloadbalancing`, `application-autoscaling` …; `unknown` if unsigned. */
  readonly service: string;
  /** AWS's name, such as `CreateService`; for an unlisted REST call, method and path. */
  readonly operation: string;
  /** The name, id or ARN in the request; empty if it has none. */
  readonly resource: string;
}

const REST_XML = new Set(["s3", "route53", "cloudfront", "s3express"]);

/** Reads protocol, service, operation and resource from the request. */
export function recognise(request: WireRequest): Operation {
  const service = signingName(request.headers.authorization) ?? serviceOfTarget(request) ?? "unknown";
  const target = request.headers["x-amz-target"];
  const type = request.headers["content-type"] ?? "";

  if (request.headers["smithy-protocol"] === "rpc-v2-cbor") {
    const operation = /\/operation\/([A-Za-z0-9]+)$/.exec(request.path)?.[1] ?? request.path;
    return { protocol: "cbor", service, operation, resource: "" };
  }
  if (target) {
    const protocol = type.includes("json-1.0") ? "json-1.0" : "json-1.1";
    const operation = target.slice(target.lastIndexOf(".") + 1);
    return { protocol, service, operation, resource: resourceOfJson(request.body) };
  }
  const form = formOf(request);
  const action = form?.get("Action");
  if (form && action) {
    return {
      protocol: service === "ec2" ? "ec2" : "query",
      service,
      operation: action,
      resource: resourceOfForm(form),
    };
  }
  const rest = restOperation(service, request);
  return { protocol: REST_XML.has(service) ? "rest-xml" : "rest-json", service, ...rest };
}

/** Parameters of a query-protocol call, from its body or (for GET) its query. */
export function formOf(request: WireRequest): URLSearchParams | undefined {
  const type = request.headers["content-type"] ?? "";
  if (type.includes("x-www-form-urlencoded")) return new URLSearchParams(request.body.toString("utf8"));
  return request.query.has("Action") ? request.query : undefined;
}

/** `Credential=<key>/<date>/<region>/<service>/aws4_request` of a Signature Version 4 header. */
function signingName(authorization: string | undefined): string | undefined {
  return /Credential=[^/]+\/[^/]+\/[^/]+\/([^/]+)\/aws4_request/.exec(authorization ?? "")?.[1];
}

/** Unsigned JSON calls still have `X-Amz-Target: <service>_<version>.<operation>`. */
function serviceOfTarget(request: WireRequest): string | undefined {
  return request.headers["x-amz-target"]?.split(/[._]/)[0]?.toLowerCase();
}

/** The first of these fields names the resource. `cluster` is last, because most ECS calls contain it too. */
const JSON_IDENTITIES = [
  /^(resourceArn|ResourceArn|ResourceARN|resourceARN)$/,
  /^(service|serviceName|services|family|taskDefinition|taskDefinitionArn)$/,
  /^(TableName|PolicyName|ResourceId|ResourceIds|CertificateArn|logGroupName|SecretId|KeyId|Name|Key|Arn|name|arn)$/,
  /(Name|Arn|ARN|Id)$/,
  /^(cluster|clusters|clusterName)$/,
];

function resourceOfJson(body: Buffer): string {
  let input: unknown;
  try {
    input = JSON.parse(body.toString("utf8"));
  } catch {
    return "";
  }
  if (typeof input !== "object" || input === null) return "";
  for (const pattern of JSON_IDENTITIES) {
    for (const [key, value] of Object.entries(input)) {
      if (!pattern.test(key)) continue;
      if (typeof value === "string") return value;
      if (Array.isArray(value) && typeof value[0] === "string") return value[0];
    }
  }
  return "";
}

/** `RoleName`, `VpcId`, `ResourceId.1`, `LoadBalancerArns.member.1` … in the order sent. */
function resourceOfForm(form: URLSearchParams): string {
  for (const [key, value] of form) {
    if (/^(?!Filter\.)[A-Za-z]*(Name|Names|Arn|Arns|Id|Ids|Identifier)(\.member)?(\.1)?$/.test(key))
      return value;
  }
  return "";
}
