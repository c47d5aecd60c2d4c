import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { PERMANENT_NAMES } from "../../../contract/permanent-names";
import { reaperNames } from "../../../contract/reaper";
import { namedStatements } from "../../../modules/ttl-cleanup/cleanup-by-name";
import { taggedPolicies } from "../../../modules/ttl-cleanup/cleanup-by-tag";
import { STRICTEST } from "../../../modules/ttl-cleanup/reaper-limits";
import { READ_ACTIONS } from "../../../modules/iam/read-actions";
import { reaperStatements } from "../../../modules/ttl-cleanup/reaper-policies";

/** The roles have exactly the permissions that the code uses. */

const PROJECT = join(__dirname, "..", "..", "..");
/** Files and folders with code that runs in the Lambda; the rest of the registry is used by the CLI. */
const CODE = [
  "lambda/ttl-cleanup",
  "cleanup",
  "registry/table.ts",
  "registry/reaper-registry.ts",
  "registry/audit.ts",
];
const reaper = reaperNames("111122223333", "us-east-1");

/** IAM service prefixes that differ from the SDK client's name. */
const PREFIXES: Readonly<Record<string, string>> = {
  "api-gateway": "apigateway",
  "application-auto-scaling": "application-autoscaling",
  "cloudwatch-logs": "logs",
  "elastic-load-balancing-v2": "elasticloadbalancing",
  eventbridge: "events",
  "resource-groups-tagging-api": "tag",
  "route-53": "route53",
  "secrets-manager": "secretsmanager",
};

/** IAM actions that differ from the operation's name. */
const ACTIONS: Readonly<Record<string, readonly string[]>> = {
  // The actions of API Gateway are HTTP methods.
  "apigateway:DeleteRestApi": ["apigateway:DELETE"],
  "apigateway:GetRestApi": ["apigateway:GET"],
  "apigateway:GetRestApis": ["apigateway:GET"],
  "apigatewayv2:DeleteApi": ["apigateway:DELETE"],
  "apigatewayv2:GetApi": ["apigateway:GET"],
  "apigatewayv2:GetApis": ["apigateway:GET"],
  "s3:DeleteObjects": ["s3:DeleteObject", "s3:DeleteObjectVersion"],
  "s3:HeadBucket": ["s3:ListBucket"],
  "s3:ListBuckets": ["s3:ListAllMyBuckets"],
  "s3:ListMultipartUploads": ["s3:ListBucketMultipartUploads"],
  "s3:ListObjectVersions": ["s3:ListBucketVersions"],
  // Allowed to everyone: https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
  "sts:GetCallerIdentity": [],
};

/** Reads of content, not of what is there: they are granted by name in statements of their own. */
const CONTENT = [
  "apigateway:GET",
  "dynamodb:GetItem",
  "dynamodb:Query",
  "lambda:GetFunctionConfiguration",
  "s3:GetObject",
  "scheduler:GetSchedule",
];

const isRead = (action: string) => /:(Describe|G[eE][tT]|Head|List|Query)/.test(action);

/** Actions that the given files and folders call. */
function used(code: readonly string[]): string[] {
  const found = code
    .map((path) => join(PROJECT, path))
    .flatMap((path) =>
      path.endsWith(".ts")
        ? [path]
        : readdirSync(path, { recursive: true, encoding: "utf8" }).map((file) => join(path, file)),
    )
    .filter((file) => file.endsWith(".ts"))
    .flatMap((file) => {
      const source = readFileSync(file, "utf8");
      return [...source.matchAll(/import \{([^}]*)\} from "@aws-sdk\/client-([a-z0-9-]+)"/g)].flatMap(
        ([, names, client]) =>
          names!
            .split(",")
            .map((name) => /^(?:type )?(\w+)Command(?: as \w+)?$/.exec(name.trim())?.[1])
            .filter((name) => name !== undefined)
            .map((name) => `${PREFIXES[client!] ?? client}:${name}`),
      );
    })
    .flatMap((action) => ACTIONS[action] ?? [action]);
  return [...new Set(found)].sort();
}

const minus = (left: readonly string[], right: readonly string[]) =>
  left.filter((action) => !right.includes(action));

const cleanup = [
  ...Object.values(taggedPolicies(reaper, STRICTEST)).flat(),
  ...namedStatements(reaper, { ephemeralDomains: ["example.com"] }),
].flatMap(({ actions }) => actions);

it("the reaper can read exactly what the code reads", () => {
  const reads = minus(used(CODE).filter(isRead), CONTENT);
  expect(reads.length).toBeGreaterThan(80);
  expect(minus(reads, READ_ACTIONS)).toEqual([]);
  expect(minus(READ_ACTIONS, reads)).toEqual([]);
});

it("a cleanup session can change exactly what the handlers change", () => {
  const changes = used(["cleanup/resources"]).filter((action) => !isRead(action));
  expect(changes.length).toBeGreaterThan(50);
  expect(minus(changes, cleanup)).toEqual([]);
  expect(minus(minus(cleanup, changes), used(CODE)).filter((action) => !isRead(action))).toEqual([
    "iam:PassRole", // required by CreateSchedule
  ]);
});

it("the rest is for registry, locks, notices and sessions", () => {
  const own = Object.values(reaperStatements(reaper, "key", PERMANENT_NAMES)).flat();
  const granted = [...own.flatMap(({ actions }) => actions), ...cleanup];
  const transaction = ["dynamodb:TransactWriteItems"]; // granted through its individual operations
  expect(minus(minus(used(CODE), granted), transaction)).toEqual([]);
});
