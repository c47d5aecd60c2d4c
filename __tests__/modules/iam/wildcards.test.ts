import { WILDCARD_ACTIONS, wildcardFault } from "../../../modules/iam/wildcards";

describe("wildcards", () => {
  it("each listed action has a reason and a link to the AWS documentation", () => {
    expect(Object.keys(WILDCARD_ACTIONS)).toEqual([
      "ecr:GetAuthorizationToken",
      "ecs:DeregisterTaskDefinition",
      "ecs:DescribeTaskDefinition",
      "logs:DeleteQueryDefinition",
      "dynamodb:ListStreams",
      "ec2:DescribeInstances",
      "ec2:DescribeSpotPriceHistory",
      "ec2:DescribeSubnets",
      "cloudtrail:LookupEvents",
      "cloudwatch:PutMetricData",
      "iam:GetAccountSummary",
      "lambda:CreateEventSourceMapping",
      "lambda:GetAccountSettings",
      "ssmmessages:CreateControlChannel",
      "ssmmessages:CreateDataChannel",
      "ssmmessages:OpenControlChannel",
      "ssmmessages:OpenDataChannel",
      "xray:PutTelemetryRecords",
      "xray:PutTraceSegments",
    ]);
    for (const { reason, source } of Object.values(WILDCARD_ACTIONS)) {
      expect(reason.length).toBeGreaterThan(15);
      expect(source).toMatch(/^https:\/\/docs\.aws\.amazon\.com\//);
    }
  });

  const statement = { sid: "S", actions: ["ecr:GetAuthorizationToken"], resources: ["*"] };

  it.each([
    ["a listed action on *", statement],
    ["any action on an ARN", { ...statement, actions: ["s3:PutObject"], resources: ["arn:aws:s3:::b/*"] }],
    ["a denial on *", { ...statement, actions: ["s3:PutObject"], effect: "Deny" as const }],
    ["a trust statement", { sid: "S", actions: ["sts:AssumeRole"], principals: { Service: ["x"] } }],
  ])("accepts %s", (_, accepted) => expect(wildcardFault(accepted)).toBeUndefined());

  it("reads on * are allowed only in the reaper's read statement, which allows nothing else", () => {
    const reads = { actions: ["ec2:DescribeVpcs"], resources: ["*"] };
    expect(wildcardFault({ ...reads, sid: "SeeEverything" })).toBeUndefined();
    expect(wildcardFault({ ...reads, sid: "S" })).toContain('"S" grants ec2:DescribeVpcs on "*"');
    expect(wildcardFault({ sid: "SeeEverything", actions: ["ec2:DeleteVpc"], resources: ["*"] })).toContain(
      "grants ec2:DeleteVpc",
    );
  });

  it("reports the unlisted actions and the fix", () => {
    expect(
      wildcardFault({
        sid: "Mixed",
        actions: ["ecr:GetAuthorizationToken", "s3:PutObject", "s3:GetObject"],
        resources: ["arn:aws:s3:::b", "*"],
      }),
    ).toBe(
      'Policy statement "Mixed" grants s3:PutObject, s3:GetObject on "*", which is for actions without a narrower resource. Name the ARNs, or add the action to modules/iam/wildcards.ts with a reason and a source when AWS accepts nothing else.',
    );
  });
});
