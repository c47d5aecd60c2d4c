import { parseRecordId } from "../../../cleanup/resources/route53";
import { awsError, type Answers } from "../../support/fake-clients";
import { env, found, handlerOf, TAG_LIST, TAGS } from "../../support/handlers";

describe("answers of 200 that did not do it", () => {
  test("S3: an error in DeleteObjects is an error", async () => {
    const { handler, calls } = handlerOf("s3:bucket", {
      ListMultipartUploads: () => ({}),
      ListObjectVersions: () => ({ Versions: [{ Key: "a", VersionId: "1" }] }),
      DeleteObjects: () => ({ Errors: [{ Key: "a", Code: "AccessDenied", Message: "no" }] }),
    });
    expect(await handler.remove(found("s3:bucket", "b"))).toEqual({
      kind: "denied",
      error: 'AccessDenied: object "a": no',
    });
    expect(calls.map(([name]) => name)).not.toContain("DeleteBucket");
  });

  test.each([
    ["ec2:vpc-endpoint", "DeleteVpcEndpoints", "vpce-1"],
    ["ec2:flow-log", "DeleteFlowLogs", "fl-1"],
  ])("EC2 %s: Unsuccessful[] counts", async (type, command, id) => {
    const { handler } = handlerOf(type, {
      [command]: () => ({
        Unsuccessful: [{ ResourceId: id, Error: { Code: "DependencyViolation", Message: "x" } }],
      }),
    });
    expect(await handler.remove(found(type, id))).toEqual({
      kind: "blocked",
      by: ["DependencyViolation: x"],
    });
  });

  test("ECS: failures[] of DeleteTaskDefinitions count", async () => {
    const { handler } = handlerOf("ecs:task-definition", {
      DeleteTaskDefinitions: () => ({
        failures: [{ arn: "td", reason: "ThrottlingException", detail: "d" }],
      }),
    });
    expect(await handler.remove(found("ecs:task-definition", "td"))).toMatchObject({ kind: "throttled" });
  });

  test("EventBridge: FailedEntryCount of RemoveTargets counts", async () => {
    const { handler } = handlerOf("events:rule", {
      ListTargetsByRule: () => ({ Targets: [{ Id: "1" }] }),
      RemoveTargets: () => ({ FailedEntryCount: 1, FailedEntries: [{ ErrorCode: "InternalException" }] }),
    });
    await expect(handler.prepare!(found("events:rule", "r"))).rejects.toMatchObject({
      name: "InternalException",
    });
  });
});

describe("S3", () => {
  test("every version, marker and unfinished upload goes, page by page, before the bucket", async () => {
    let pages = 2;
    const { handler, calls } = handlerOf("s3:bucket", {
      ListMultipartUploads: () => ({ Uploads: [{ Key: "m", UploadId: "u" }] }),
      AbortMultipartUpload: () => ({}),
      ListObjectVersions: () =>
        pages-- > 0
          ? { Versions: [{ Key: "a", VersionId: "1" }], DeleteMarkers: [{ Key: "a", VersionId: "2" }] }
          : {},
      DeleteObjects: () => ({}),
      DeleteBucket: () => ({}),
    });
    expect(await handler.remove(found("s3:bucket", "b"))).toEqual({ kind: "gone" });
    expect(calls.map(([name]) => name)).toEqual([
      "ListMultipartUploads",
      "AbortMultipartUpload",
      ...["ListObjectVersions", "DeleteObjects", "ListObjectVersions", "DeleteObjects", "ListObjectVersions"],
      "DeleteBucket",
    ]);
    const deletions = calls.filter(([name]) => name === "DeleteObjects").map(([, { Delete }]) => Delete);
    const Objects = [
      { Key: "a", VersionId: "1" },
      { Key: "a", VersionId: "2" },
    ];
    expect(deletions).toEqual([
      { Objects, Quiet: true },
      { Objects, Quiet: true },
    ]);
  });

  test("a bucket whose tags may not be read is listed as unreadable, one without tags as untagged", async () => {
    const { list } = handlerOf("s3:bucket", {
      ListBuckets: () => ({
        Buckets: [{ Name: "automock-pr-1-a" }, { Name: "automock-pr-1-b" }, { Name: "other" }],
      }),
      GetBucketTagging: ({ Bucket }: { Bucket: string }) => {
        throw awsError(Bucket.endsWith("a") ? "AccessDenied" : "NoSuchTagSet");
      },
    });
    expect((await list(env())).map(({ id, tags }) => [id, tags])).toEqual([
      ["automock-pr-1-a", "unreadable"],
      ["automock-pr-1-b", {}],
    ]);
  });

  test.each([
    ["objects", {}, { Versions: [{ Key: "a", VersionId: "1" }] }],
    ["uploads", { Uploads: Array.from({ length: 99 }, () => ({ Key: "m", UploadId: "u" })) }, {}],
  ])(
    "a bucket full of %s gives way before the time that a pass keeps for its checkpoint",
    async (...full) => {
      const [, uploads, versions] = full;
      const start = Date.now();
      let now = start;
      const time = jest.spyOn(Date, "now").mockImplementation(() => now);
      const tick = () => ((now += 5_000), {});
      const { handler } = handlerOf("s3:bucket", {
        ListMultipartUploads: () => uploads,
        AbortMultipartUpload: tick,
        ListObjectVersions: () => versions,
        DeleteObjects: tick,
      });
      const outcome = await handler.remove(found("s3:bucket", "b"));
      time.mockRestore();
      expect(outcome).toEqual({ kind: "blocked", by: ["objects in bucket b; still deleting them"] });
      expect(now - start).toBeLessThanOrEqual(30_000);
    },
  );

  test("another region's bucket is not asked for tags: S3 would not say them, and the list would never be whole", async () => {
    const { list } = handlerOf("s3:bucket", {
      ListBuckets: () => ({
        Buckets: [
          { Name: "automock-pr-1-a-config", BucketRegion: "eu-west-1" },
          { Name: "automock-pr-1-config", BucketRegion: "us-east-1" },
        ],
      }),
      GetBucketTagging: ({ Bucket }: { Bucket: string }) => {
        if (Bucket.includes("-a-")) throw awsError("PermanentRedirect");
        return { TagSet: TAG_LIST };
      },
    });
    expect((await list(env())).map(({ id }) => id)).toEqual(["automock-pr-1-config"]);
  });
});

describe("ECS", () => {
  const SERVICE = "arn:aws:ecs:us-east-1:1:service/automock-pr-1/s";

  test("short-ecs-wait: the delay of own target groups is set to zero before the service is scaled down", async () => {
    const { handler, calls } = handlerOf("ecs:service", {
      DescribeServices: () => ({
        services: [
          {
            serviceArn: SERVICE,
            status: "ACTIVE",
            desiredCount: 2,
            loadBalancers: [
              { targetGroupArn: "own", advancedConfiguration: { alternateTargetGroupArn: "foreign" } },
            ],
          },
        ],
      }),
      DescribeTags: () => ({
        TagDescriptions: [
          { ResourceArn: "own", Tags: TAG_LIST },
          { ResourceArn: "foreign", Tags: [{ Key: "automock:environment", Value: "pr-1-a" }] },
        ],
      }),
      ModifyTargetGroupAttributes: () => ({}),
      UpdateService: () => ({}),
    });
    await handler.prepare!(found("ecs:service", SERVICE));
    expect(calls.filter(([name]) => /^(Modify|Update)/.test(name))).toEqual([
      [
        "ModifyTargetGroupAttributes",
        { TargetGroupArn: "own", Attributes: [{ Key: "deregistration_delay.timeout_seconds", Value: "0" }] },
      ],
      ["UpdateService", { cluster: "automock-pr-1", service: SERVICE, desiredCount: 0 }],
    ]);
  });

  test.each([
    ["ACTIVE", "present"],
    ["DRAINING", "deleting"],
    ["INACTIVE", "absent"],
  ])("a service that is %s is %s", async (status, presence) => {
    const { handler } = handlerOf("ecs:service", {
      DescribeServices: () => ({ services: [{ serviceArn: SERVICE, status }] }),
    });
    expect(await handler.look(found("ecs:service", SERVICE))).toBe(presence);
  });

  test("a failure of Describe other than MISSING is an error", async () => {
    let reason = "MISSING";
    const { handler } = handlerOf("ecs:service", { DescribeServices: () => ({ failures: [{ reason }] }) });
    expect(await handler.look(found("ecs:service", SERVICE))).toBe("absent");
    reason = "AccessDenied";
    await expect(handler.look(found("ecs:service", SERVICE))).rejects.toMatchObject({ name: "AccessDenied" });
  });

  test("a cluster is asked to let go of its providers only when there are others than Fargate's", async () => {
    for (const [capacityProviders, times] of [
      [["FARGATE", "FARGATE_SPOT"], 0],
      [["own"], 1],
    ] as const) {
      const { handler, calls } = handlerOf("ecs:cluster", {
        DescribeClusters: () => ({ clusters: [{ capacityProviders }] }),
        PutClusterCapacityProviders: () => ({}),
      });
      await handler.prepare!(found("ecs:cluster", "c"));
      expect(calls.filter(([name]) => name === "PutClusterCapacityProviders")).toHaveLength(times);
    }
  });
});

describe("others", () => {
  test.each([
    ["true", 1],
    ["false", 0],
  ])("RDS: protection is taken away only from what is tagged as ephemeral (%s)", async (ephemeral, times) => {
    const { handler, calls } = handlerOf("rds:db-instance", {
      DescribeDBInstances: () => ({ DBInstances: [{ DeletionProtection: true }] }),
      ModifyDBInstance: () => ({}),
    });
    await handler.prepare!(found("rds:db-instance", "d", { tags: { "automock:ephemeral": ephemeral } }));
    expect(calls.filter(([name]) => name === "ModifyDBInstance")).toHaveLength(times);
  });

  test("a secret is deleted at once, or its name would stay taken", async () => {
    const { handler, calls } = handlerOf("secretsmanager:secret", { DeleteSecret: () => ({}) });
    await handler.remove(found("secretsmanager:secret", "s"));
    expect(calls).toEqual([["DeleteSecret", { SecretId: "s", ForceDeleteWithoutRecovery: true }]]);
  });

  test("a key that waits for its deletion is absent", async () => {
    const { handler } = handlerOf("kms:key", {
      DescribeKey: () => ({ KeyMetadata: { KeyState: "PendingDeletion" } }),
    });
    expect(await handler.look(found("kms:key", "k"))).toBe("absent");
  });

  test("a record is deleted with exactly the values that AWS has", async () => {
    const record = { Name: "x.example.com.", Type: "A", AliasTarget: { DNSName: "d" } };
    const { handler, calls } = handlerOf("route53:record", {
      ListResourceRecordSets: () => ({ ResourceRecordSets: [record] }),
      ChangeResourceRecordSets: () => ({}),
    });
    expect(await handler.remove(found("route53:record", "Z1_x.example.com_A"))).toEqual({ kind: "gone" });
    expect(calls.at(-1)).toEqual([
      "ChangeResourceRecordSets",
      { HostedZoneId: "Z1", ChangeBatch: { Changes: [{ Action: "DELETE", ResourceRecordSet: record }] } },
    ]);
  });

  test("the next record of the zone is not taken for the one that is gone", async () => {
    const { handler } = handlerOf("route53:record", {
      ListResourceRecordSets: () => ({ ResourceRecordSets: [{ Name: "y.example.com.", Type: "A" }] }),
    });
    expect(await handler.look(found("route53:record", "Z1_x.example.com_A"))).toBe("absent");
  });

  test.each([
    ["Z1_x.example.com_A", { zone: "Z1", name: "x.example.com", type: "A" }],
    ["Z1__acme._tcp.example.com_CNAME", { zone: "Z1", name: "_acme._tcp.example.com", type: "CNAME" }],
    ["Z1_x.example.com_A_blue", { zone: "Z1", name: "x.example.com", type: "A", set: "blue" }],
  ])("record id %s", (id, parts) => expect(parseRecordId(id)).toEqual(parts));

  test("a record id that nobody can read is an error", () =>
    expect(() => parseRecordId("x.example.com")).toThrow('"x.example.com" is no record id of Terraform\'s'));

  test("log groups of another environment whose name starts alike are not listed", async () => {
    const { list } = handlerOf("logs:log-group", {
      DescribeLogGroups: ({ logGroupNamePrefix: p }: { logGroupNamePrefix: string }) => ({
        logGroups: ["/automock-pr-1/a", "/automock-pr-1-a/a", "/x", "/x-y"]
          .filter((name) => name.startsWith(p))
          .map((logGroupName) => ({ logGroupName, arn: `arn:${logGroupName}:*` })),
      }),
      ListTagsForResource: () => ({ tags: TAGS }),
    });
    expect((await list(env({ "logs:log-group": ["/x"] }))).map(({ id }) => id)).toEqual([
      "/automock-pr-1/a",
      "/x",
    ]);
  });

  test("a service-linked role is built in", async () => {
    const { list } = handlerOf("iam:role", {
      ListRoles: () => ({ Roles: [{ RoleName: "automock-pr-1-x", Path: "/aws-service-role/x/" }] }),
      GetRole: () => ({ Role: {} }),
    });
    expect(await list(env())).toMatchObject([{ builtIn: "service-linked role" }]);
  });

  test.each<[string, string, Answers]>([
    ["ec2:vpc", "default VPC", { DescribeVpcs: () => ({ Vpcs: [{ VpcId: "v", IsDefault: true }] }) }],
    [
      "ec2:subnet",
      "default subnet of its zone",
      { DescribeSubnets: () => ({ Subnets: [{ SubnetId: "s", DefaultForAz: true }] }) },
    ],
    [
      "secretsmanager:secret",
      "secret of rds",
      {
        ListSecrets: () => ({ SecretList: [{ ARN: "a", Name: "automock-pr-1-x", OwningService: "rds" }] }),
        DescribeSecret: () => ({ Tags: TAG_LIST }),
      },
    ],
    [
      "events:rule",
      "rule managed by ecs",
      {
        ListRules: () => ({ Rules: [{ Name: "automock-pr-1-x", Arn: "a", ManagedBy: "ecs" }] }),
        ListTagsForResource: () => ({ Tags: TAG_LIST }),
      },
    ],
  ])(
    "%s: what AWS made and keeps is no resource of the environment's: %s",
    async (type, builtIn, answers) => {
      const { list } = handlerOf(type, answers);
      expect(await list(env())).toMatchObject([{ builtIn }]);
    },
  );

  test("a role tells its region by its trust policy: the same name and tags may be another region's", async () => {
    const trusting = (...regions: string[]) => {
      const sources = regions.map((region) => `arn:aws:ecs:${region}:111122223333:*`);
      const condition = { ArnLike: { "aws:SourceArn": sources } };
      return encodeURIComponent(JSON.stringify({ Statement: [{ Condition: condition }] }));
    };
    const { list } = handlerOf("iam:role", {
      ListRoles: () => ({
        Roles: [
          { RoleName: "automock-pr-1-there", AssumeRolePolicyDocument: trusting("eu-west-1", "eu-west-1") },
          { RoleName: "automock-pr-1-here", AssumeRolePolicyDocument: trusting("us-east-1") },
          { RoleName: "automock-pr-1-both", AssumeRolePolicyDocument: trusting("eu-west-1", "us-east-1") },
          { RoleName: "automock-pr-1-none", AssumeRolePolicyDocument: trusting() },
        ],
      }),
      GetRole: () => ({ Role: { Tags: TAG_LIST } }),
    });
    expect((await list(env())).map(({ region }) => region)).toEqual([
      "eu-west-1",
      "us-east-1",
      undefined,
      undefined,
    ]);
  });
});
