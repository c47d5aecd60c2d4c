import { lockTableName, Names, registryTableName, stateBucketName, stateKey } from "../../../contract/names";
import { reaperNames } from "../../../contract/reaper";
import type { Request } from "./policy";
import { decideFor, type SynthesizedRole } from "./roles";

/** What someone does, with every right that AWS asks for, in whichever service. */
export interface Operation {
  readonly name: string;
  readonly needs: readonly Request[];
}

const need = (action: string, resource: string, context: Request["context"] = {}): Request => ({
  action,
  resource,
  context,
});

/** The operations of a project in one account and region. Every SSE-KMS read or write takes its right in KMS, too. */
export function operations(accountId: string, region: string): readonly Operation[] {
  const stateBucket = stateBucketName(accountId, region);
  const reaper = reaperNames(accountId, region);
  const lockTable = lockTableName(accountId, region);
  const names = (system: string, environment: string) =>
    new Names({ system, environment, accountId, region });
  const key = (service: string) => `arn:aws:kms:${region}:${accountId}:key/aws-${service}`;
  const table = (name: string) => `arn:aws:dynamodb:${region}:${accountId}:table/${name}`;

  /** https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html */
  const s3 = (action: string, bucket: string, object: string): Request[] => [
    need(`s3:${action}`, `arn:aws:s3:::${bucket}/${object}`),
    need(action === "GetObject" ? "kms:Decrypt" : "kms:GenerateDataKey", key("s3"), {
      "kms:ViaService": `s3.${region}.amazonaws.com`,
      "kms:EncryptionContext:aws:s3:arn": `arn:aws:s3:::${bucket}`,
    }),
  ];
  /** https://docs.aws.amazon.com/kms/latest/developerguide/services-dynamodb.html */
  const dynamodb = (action: string, name: string, item?: string): Request[] => [
    need(`dynamodb:${action}`, table(name), item === undefined ? {} : { "dynamodb:LeadingKeys": [item] }),
    need("kms:Decrypt", key("dynamodb"), {
      "kms:ViaService": `dynamodb.${region}.amazonaws.com`,
      "kms:EncryptionContext:aws:dynamodb:tableName": name,
    }),
  ];
  const state = (system: string, environment: string) => stateKey(system, environment);
  const lock = (system: string, environment: string) => `${stateBucket}/${state(system, environment)}`;
  const stateOf = (system: string, environment: string): Operation[] => [
    {
      name: `read the state of ${system}-${environment}`,
      needs: [
        need("s3:ListBucket", `arn:aws:s3:::${stateBucket}`),
        ...s3("GetObject", stateBucket, state(system, environment)),
        ...dynamodb("GetItem", lockTable, `${lock(system, environment)}-md5`),
      ],
    },
    {
      name: `write the state of ${system}-${environment}`,
      needs: [
        ...s3("PutObject", stateBucket, state(system, environment)),
        ...dynamodb("PutItem", lockTable, `${lock(system, environment)}-md5`),
      ],
    },
    {
      name: `lock the state of ${system}-${environment}`,
      needs: [
        ...s3("PutObject", stateBucket, `${state(system, environment)}.tflock`),
        need("s3:DeleteObject", `arn:aws:s3:::${stateBucket}/${state(system, environment)}.tflock`),
        ...dynamodb("PutItem", lockTable, lock(system, environment)),
        ...dynamodb("DeleteItem", lockTable, lock(system, environment)),
      ],
    },
  ];
  const expectations = (environment: string) => names("automock", environment).bucket("config");
  const log = (group: string) => `arn:aws:logs:${region}:${accountId}:log-group:${group}:log-stream:x`;
  /** A resource of prod states the tag of its environment in every request. */
  const OF_PROD = { "aws:ResourceTag/automock:environment": "prod" };
  const OF_BOOTSTRAP = { "aws:ResourceTag/automock:environment": "shared" };
  const session = (environment: string) => ({
    "aws:PrincipalTag/automock:environment": environment,
    "aws:PrincipalTag/automock:system": "automock",
  });
  const writeLog = (group: string): Request[] =>
    ["logs:CreateLogStream", "logs:PutLogEvents"].map((action) =>
      need(action, log(group), {
        "aws:ResourceTag/automock:environment": group.includes("-prod/") ? "prod" : "staging",
      }),
    );
  const secretKey = `arn:aws:kms:${region}:${accountId}:key/database`;

  return [
    ...stateOf("automock", "prod"),
    ...stateOf("automock", "staging"),
    ...stateOf("task-api", "prod"),
    ...stateOf("bootstrap", "shared"),
    ...["prod", "staging"].map((environment) => ({
      name: `read the expectations of automock-${environment}`,
      needs: s3("GetObject", expectations(environment), "expectations.json"),
    })),
    {
      name: "write the expectations of automock-prod",
      needs: s3("PutObject", expectations("prod"), "expectations.json"),
    },
    {
      name: "sign a token for the control plane of automock-staging",
      needs: [need("kms:Sign", `arn:aws:kms:${region}:${accountId}:key/control-plane`)],
    },
    {
      name: "read another bucket",
      needs: s3("GetObject", "customers", "list.csv"),
    },
    {
      name: "decrypt by a request of its own",
      needs: [need("kms:Decrypt", key("s3"))],
    },
    {
      name: "read a record of the registry",
      needs: dynamodb("GetItem", registryTableName(accountId, region)),
    },
    { name: "change a record of the registry", needs: dynamodb("UpdateItem", registryTableName(accountId, region)) }, // prettier-ignore
    { name: "read an item of another table", needs: dynamodb("GetItem", "customers") },
    {
      name: "read the database's password",
      needs: [
        need(
          "secretsmanager:GetSecretValue",
          `arn:aws:secretsmanager:${region}:${accountId}:secret:rds!db-master`,
          OF_PROD,
        ),
        need("kms:Decrypt", secretKey, { ...OF_PROD, "kms:ViaService": `secretsmanager.${region}.amazonaws.com` }), // prettier-ignore
      ],
    },
    ...["automock-prod/mockserver", "automock-staging/mockserver", "task-api-prod/task-api"].map((group) => ({
      name: `write the log /${group}`,
      needs: writeLog(`/${group}`),
    })),
    ...["automock-prod", "automock-staging", "task-api-prod", "task-api-staging"].map((stack) => ({
      name: `write the flow log of ${stack}`,
      needs: writeLog(`/${stack}/vpc-flow-logs`),
    })),
    {
      name: "pull an image of task-api-prod",
      needs: [
        need("ecr:GetAuthorizationToken", "*"),
        need("ecr:BatchGetImage", `arn:aws:ecr:${region}:${accountId}:repository/task-api-prod`, OF_PROD),
        need(
          "ecr:GetDownloadUrlForLayer",
          `arn:aws:ecr:${region}:${accountId}:repository/task-api-prod`,
          OF_PROD,
        ),
      ],
    },
    {
      name: "write the metrics of a database's operating system",
      needs: [need("logs:PutLogEvents", log("RDSOSMetrics"))],
    },
    {
      name: "shift traffic of automock-prod",
      needs: [
        need("elasticloadbalancing:ModifyRule", `arn:aws:elasticloadbalancing:${region}:${accountId}:listener-rule/app/automock-prod/1/2/3`, OF_PROD), // prettier-ignore
      ],
    },
    ...["test-orders-a1b2c3-jobs", "test-users-a1b2c3-jobs"].map((queue) => ({
      name: `delete the queue ${queue}`,
      needs: [
        need("sqs:DeleteQueue", `arn:aws:sqs:${region}:${accountId}:${queue}`, {
          "aws:ResourceTag/automock:system": "test",
          "aws:ResourceTag/automock:environment": queue.slice("test-".length, -"-jobs".length),
        }),
      ],
    })),
    {
      name: "connect an admin box of staging to Session Manager",
      needs: [need("ssmmessages:OpenDataChannel", "*")],
    },
    {
      name: "end an admin box of staging",
      needs: [
        need("ec2:TerminateInstances", `arn:aws:ec2:${region}:${accountId}:instance/i-1`, {
          "aws:ResourceTag/automock:environment": "staging",
          "aws:ResourceTag/automock:system": "admin",
        }),
      ],
    },
    {
      name: "notify by the encrypted topic of the reaper",
      needs: [
        need("sns:Publish", reaper.topicArn, OF_BOOTSTRAP),
        ...["kms:Decrypt", "kms:GenerateDataKey"].map((action) =>
          need(action, `arn:aws:kms:${region}:${accountId}:key/notifications`, {
            ...OF_BOOTSTRAP,
            "kms:ViaService": `sns.${region}.amazonaws.com`,
          }),
        ),
      ],
    },
    {
      name: "invoke the reaper and keep what failed",
      needs: [
        need("lambda:InvokeFunction", reaper.functionArn, OF_BOOTSTRAP),
        need("sqs:SendMessage", reaper.deadLetterQueueArn, OF_BOOTSTRAP),
      ],
    },
    {
      name: "open a cleanup session",
      needs: [
        need("sts:AssumeRole", reaper.cleanupRoleArn, OF_BOOTSTRAP),
        need("sts:TagSession", reaper.cleanupRoleArn, OF_BOOTSTRAP),
      ],
    },
    ...["pr-7", "prod"].map((environment) => ({
      name: `delete the load balancer of automock-${environment} in a session of pr-7`,
      needs: [
        need("elasticloadbalancing:DeleteLoadBalancer", `arn:aws:elasticloadbalancing:${region}:${accountId}:loadbalancer/app/automock-${environment}/1`, { ...session("pr-7"), "aws:ResourceTag/automock:environment": environment, "aws:ResourceTag/automock:ephemeral": environment === "prod" ? "false" : "true", "aws:ResourceTag/automock:system": "automock", "aws:ResourceAccount": accountId }), // prettier-ignore
      ],
    })),
    {
      name: "replicate the backups of task-api-prod",
      needs: [
        need("rds:StartDBInstanceAutomatedBackupsReplication", `arn:aws:rds:us-west-2:${accountId}:auto-backup:x`, OF_PROD), // prettier-ignore
        need("kms:CreateGrant", `arn:aws:kms:us-west-2:${accountId}:key/x`, {
          "kms:ViaService": "rds.us-west-2.amazonaws.com",
          "kms:GrantIsForAWSResource": "true",
        }),
        need("kms:DescribeKey", `arn:aws:kms:us-west-2:${accountId}:key/x`),
      ],
    },
  ];
}

/** Whether a role has every right that an operation asks for; else the first one that it lacks. */
export function lacks(role: SynthesizedRole, { needs }: Operation, region: string): string | undefined {
  return needs.find((request) => decideFor(role, request, region).kind !== "allowed")?.action;
}
