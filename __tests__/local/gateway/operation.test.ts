import { recognise } from "../../../local/gateway/operation";
import type { WireRequest } from "../../../local/gateway/wire-request";
import { form, json, request } from "./wire";

const cases: [string, WireRequest, ReturnType<typeof recognise>][] = [
  [
    "JSON 1.1",
    json("ecs", "DescribeServices", { cluster: "c", services: ["s"] }),
    { protocol: "json-1.1", service: "ecs", operation: "DescribeServices", resource: "s" },
  ],
  [
    "JSON 1.0",
    json("dynamodb", "PutItem", { TableName: "lock", Item: {} }, "1.0"),
    { protocol: "json-1.0", service: "dynamodb", operation: "PutItem", resource: "lock" },
  ],
  [
    "JSON about a cluster alone",
    json("ecs", "DeleteCluster", { cluster: "c" }),
    { protocol: "json-1.1", service: "ecs", operation: "DeleteCluster", resource: "c" },
  ],
  [
    "JSON with an ARN",
    json("application-autoscaling", "ListTagsForResource", { ResourceARN: "arn:x" }),
    {
      protocol: "json-1.1",
      service: "application-autoscaling",
      operation: "ListTagsForResource",
      resource: "arn:x",
    },
  ],
  [
    "JSON without any name",
    json("ecs", "ListClusters", {}),
    { protocol: "json-1.1", service: "ecs", operation: "ListClusters", resource: "" },
  ],
  [
    "query XML",
    form("iam", { Action: "GetRole", Version: "2010-05-08", RoleName: "task" }),
    { protocol: "query", service: "iam", operation: "GetRole", resource: "task" },
  ],
  [
    "query XML with a list",
    form("elasticloadbalancing", { Action: "DescribeLoadBalancers", "LoadBalancerArns.member.1": "arn:lb" }),
    {
      protocol: "query",
      service: "elasticloadbalancing",
      operation: "DescribeLoadBalancers",
      resource: "arn:lb",
    },
  ],
  [
    "query by GET",
    request("sts", { method: "GET", path: "/?Action=GetCallerIdentity&Version=2011-06-15" }),
    { protocol: "query", service: "sts", operation: "GetCallerIdentity", resource: "" },
  ],
  [
    "EC2 XML, past its filters",
    form("ec2", { Action: "DescribeSubnets", "Filter.1.Name": "vpc-id", "SubnetId.1": "subnet-1" }),
    { protocol: "ec2", service: "ec2", operation: "DescribeSubnets", resource: "subnet-1" },
  ],
  [
    "CBOR",
    request("monitoring", {
      path: "/service/GraniteServiceVersion20100801/operation/DescribeAlarms",
      headers: { "smithy-protocol": "rpc-v2-cbor" },
    }),
    { protocol: "cbor", service: "monitoring", operation: "DescribeAlarms", resource: "" },
  ],
  [
    "REST JSON",
    request("lambda", { method: "GET", path: "/2015-03-31/functions/reaper/configuration" }),
    { protocol: "rest-json", service: "lambda", operation: "GetFunctionConfiguration", resource: "reaper" },
  ],
  [
    "REST JSON with an encoded name",
    request("scheduler", { method: "DELETE", path: "/schedules/ttl%2Fwarn" }),
    { protocol: "rest-json", service: "scheduler", operation: "DeleteSchedule", resource: "ttl/warn" },
  ],
  [
    "an unlisted REST call",
    request("lambda", { method: "GET", path: "/2018-10-31/layers" }),
    { protocol: "rest-json", service: "lambda", operation: "GET /2018-10-31/layers", resource: "" },
  ],
  [
    "Route 53",
    request("route53", { path: "/2013-04-01/hostedzone/Z1/rrset/" }),
    { protocol: "rest-xml", service: "route53", operation: "ChangeResourceRecordSets", resource: "Z1" },
  ],
  [
    "S3 Control",
    request("s3", { method: "PUT", path: "/v20180820/configuration/publicAccessBlock" }),
    { protocol: "rest-xml", service: "s3", operation: "PutPublicAccessBlock", resource: "publicAccessBlock" },
  ],
  [
    "an unsigned call",
    {
      ...json("x", "DescribeTable", { TableName: "t" }),
      headers: { "x-amz-target": "DynamoDB_20120810.DescribeTable" },
    },
    { protocol: "json-1.1", service: "dynamodb", operation: "DescribeTable", resource: "t" },
  ],
  [
    "a call without any sign",
    { ...request("x", { method: "GET", path: "/moto-api" }), headers: {} },
    { protocol: "rest-json", service: "unknown", operation: "GET /moto-api", resource: "" },
  ],
];

it.each(cases)("recognises %s", (_, wire, expected) => expect(recognise(wire)).toEqual(expected));

it.each([
  ["GET", "/", "ListBuckets", ""],
  ["PUT", "/b", "CreateBucket", "b"],
  ["HEAD", "/b", "HeadBucket", "b"],
  ["DELETE", "/b", "DeleteBucket", "b"],
  ["GET", "/b?list-type=2&prefix=x", "ListObjectsV2", "b"],
  ["GET", "/b?prefix=x", "ListObjects", "b"],
  ["GET", "/b?versions=", "ListObjectVersions", "b"],
  ["POST", "/b?delete=", "DeleteObjects", "b"],
  ["PUT", "/b?policy=", "PutBucketPolicy", "b"],
  ["GET", "/b?notification=", "GetBucketNotificationConfiguration", "b"],
  ["DELETE", "/b?publicAccessBlock=", "DeletePublicAccessBlock", "b"],
  ["PUT", "/b?lifecycle=", "PutBucketLifecycleConfiguration", "b"],
  ["PUT", "/b/a/k.json", "PutObject", "b/a/k.json"],
  ["GET", "/b/a%20b?x-id=GetObject", "GetObject", "b/a b"],
  ["HEAD", "/b/k", "HeadObject", "b/k"],
  ["DELETE", "/b/k?versionId=1", "DeleteObject", "b/k"],
  ["GET", "/b/k?tagging=", "GetObjectTagging", "b/k"],
  ["POST", "/b/k?uploads=", "CreateMultipartUpload", "b/k"],
  ["PUT", "/b/k?partNumber=1&uploadId=u", "UploadPart", "b/k"],
  ["POST", "/b/k?uploadId=u", "CompleteMultipartUpload", "b/k"],
])("names %s %s of S3 %s", (method, path, operation, resource) => {
  expect(recognise(request("s3", { method, path }))).toEqual({
    protocol: "rest-xml",
    service: "s3",
    operation,
    resource,
  });
});

it("tells a copy from an upload", () => {
  const copy = request("s3", { method: "PUT", path: "/b/k", headers: { "x-amz-copy-source": "a/k" } });
  expect(recognise(copy).operation).toBe("CopyObject");
});
