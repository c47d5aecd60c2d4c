import { adminNames, BOX_TAG } from "../../contract/admin-box";
import { adminEnvironment } from "../support/environments";
import { synthesize } from "../support/golden";
import { evaluate } from "../support/iam-evaluator/evaluate";
import type { Policy, Request } from "../support/iam-evaluator/policy";

/** What people, boxes and schedules may do in an account with admin boxes, as AWS decides it. */

const [ACCOUNT, REGION] = ["123456789012", "us-east-1"];
const names = adminNames({ accountId: ACCOUNT, region: REGION, environment: "staging" });
const stack = JSON.parse(synthesize([adminEnvironment]).get("admin-staging")!) as {
  readonly resource: Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, unknown>>>>>>;
};

const TEMPLATE = `arn:aws:ec2:${REGION}:${ACCOUNT}:launch-template/lt-1`;
const role = (name: string) => `arn:aws:iam::${ACCOUNT}:role/${name}`;
const ec2 = (resource: string) => `arn:aws:ec2:${REGION}:${ACCOUNT}:${resource}`;
const ENDPOINT = `arn:aws:ec2:${REGION}:${ACCOUNT}:instance-connect-endpoint/eice-1`;
const IMAGE = `arn:aws:ec2:${REGION}::image/ami-1`;
const ALICE = "AROAEXAMPLE:alice";
const BOB = "AROAEXAMPLE:bob";

/** Policies of a type whose id contains the text, with example values for what is known only after the apply. */
function policiesOf(type: string, text: string): Policy[] {
  const found = Object.entries(stack.resource[type] ?? {}).filter(([id]) => id.includes(text));
  if (found.length === 0) throw new Error(`there is no ${type} with ${text} in its id`);
  return found.map(([, { policy }]) => {
    const filled = String(policy)
      .replaceAll("$${", "\0")
      .replace(/\$\{aws_launch_template\.[^}]+\.id\}/g, "lt-1")
      .replace(/\$\{aws_security_group\.[^}]+\.id\}/g, "sg-1")
      .replace(/\$\{aws_ec2_instance_connect_endpoint\.[^}]+\.arn\}/g, ENDPOINT)
      .replace(/\$\{aws_iam_role\.box-role[^}]+\.arn\}/g, role(names.instanceRole))
      .replace(/\$\{aws_iam_role\.end-role[^}]+\.arn\}/g, role(names.schedulerRole));
    expect(filled).not.toContain("${");
    return JSON.parse(filled.replaceAll("\0", "${")) as Policy;
  });
}

const launcher = policiesOf("aws_iam_policy", "launcher");
const box = policiesOf("aws_iam_role_policy", "box-role");
const end = policiesOf("aws_iam_role_policy", "end-role");

const tags = (prefix: string, launchedBy = ALICE, environment = "staging") => ({
  [`${prefix}/automock:system`]: "admin",
  [`${prefix}/automock:environment`]: environment,
  [`${prefix}/${BOX_TAG.launchedBy}`]: launchedBy,
});
const fromTemplate = { "ec2:LaunchTemplate": TEMPLATE };
const decide = (policies: readonly Policy[], [action, resource, context]: Row) =>
  evaluate(policies, { action, resource, context: { "aws:userid": ALICE, ...context } }).kind;
type Row = readonly [action: string, resource: string, context?: Request["context"]];

const titled = (rows: readonly (readonly [string, ...Row])[]) =>
  rows.map(([title, action, resource, context]) => ({ title, row: [action, resource, context] as Row }));
const named = (rows: readonly Row[]) =>
  titled(rows.map(([action, resource, context]) => [`${action} on ${resource}`, action, resource, context]));

const INSTANCE = ec2("instance/i-1");
const NEW = tags("aws:RequestTag");
const MINE = tags("aws:ResourceTag");
const heartbeat = { "aws:TagKeys": [BOX_TAG.aliveUntil] };

/** Every request of every verb: `up`, `connect`, `run`, `forward`, `list`, `extend`, `down`, `audit`. */
const ALLOWED: readonly (readonly [string, ...Row])[] = [
  ["sees boxes", "ec2:DescribeInstances", "*"],
  ["sees subnets", "ec2:DescribeSubnets", "*"],
  ["sees Spot prices", "ec2:DescribeSpotPriceHistory", "*"],
  ["sees quotas", "servicequotas:GetServiceQuota", `arn:aws:servicequotas:${REGION}:${ACCOUNT}:ec2/L-34B43A08`], // prettier-ignore
  ["asks for a fleet with its tags", "ec2:CreateFleet", ec2("fleet/*"), NEW],
  ["asks for one from the template", "ec2:CreateFleet", TEMPLATE],
  ["launches a box of its own", "ec2:RunInstances", INSTANCE, { ...fromTemplate, ...NEW }],
  ["launches it in a subnet", "ec2:RunInstances", ec2("subnet/subnet-0123456789abcdef0"), fromTemplate],
  ["launches it with the template's group", "ec2:RunInstances", ec2("security-group/sg-1"), fromTemplate],
  ["launches it with a volume", "ec2:RunInstances", ec2("volume/*"), fromTemplate],
  ["launches it with an interface", "ec2:RunInstances", ec2("network-interface/*"), fromTemplate],
  ["launches Amazon Linux", "ec2:RunInstances", IMAGE, { ...fromTemplate, "ec2:Owner": "amazon" }],
  ["tags it at launch", "ec2:CreateTags", INSTANCE, { "ec2:CreateAction": "RunInstances" }],
  ["passes the role of boxes to EC2", "iam:PassRole", role(names.instanceRole), { "iam:PassedToService": "ec2.amazonaws.com" }], // prettier-ignore
  ["passes the role of ends to Scheduler", "iam:PassRole", role(names.schedulerRole), { "iam:PassedToService": "scheduler.amazonaws.com" }], // prettier-ignore
  ["schedules the end", "scheduler:CreateSchedule", `arn:aws:scheduler:${REGION}:${ACCOUNT}:schedule/${names.scheduleGroup}/x`], // prettier-ignore
  ["moves it", "scheduler:UpdateSchedule", `arn:aws:scheduler:${REGION}:${ACCOUNT}:schedule/${names.scheduleGroup}/x`], // prettier-ignore
  ["deletes it", "scheduler:DeleteSchedule", `arn:aws:scheduler:${REGION}:${ACCOUNT}:schedule/${names.scheduleGroup}/x`], // prettier-ignore
  ["renews the heartbeat", "ec2:CreateTags", INSTANCE, { ...MINE, ...heartbeat }],
  ["moves the expiry", "ec2:CreateTags", INSTANCE, { ...MINE, "aws:TagKeys": [BOX_TAG.expiresAt, BOX_TAG.aliveUntil] }], // prettier-ignore
  ["ends it", "ec2:TerminateInstances", INSTANCE, MINE],
  ["connects to it", "ssm:StartSession", INSTANCE, tags("ssm:resourceTag")],
  ["connects with the shell", "ssm:StartSession", `arn:aws:ssm:${REGION}:${ACCOUNT}:document/${names.shellDocument}`], // prettier-ignore
  ["connects with a command", "ssm:StartSession", `arn:aws:ssm:${REGION}:${ACCOUNT}:document/${names.commandDocument}`], // prettier-ignore
  ["forwards a port", "ssm:StartSession", `arn:aws:ssm:${REGION}::document/AWS-StartPortForwardingSessionToRemoteHost`], // prettier-ignore
  ["resumes its session", "ssm:ResumeSession", `arn:aws:ssm:${REGION}:${ACCOUNT}:session/${ALICE}-0abc`],
  ["ends its session", "ssm:TerminateSession", `arn:aws:ssm:${REGION}:${ACCOUNT}:session/${ALICE}-0abc`],
  ["sees the endpoint", "ec2:DescribeInstanceConnectEndpoints", "*"],
  ["opens a tunnel for SSH", "ec2-instance-connect:OpenTunnel", ENDPOINT, { "ec2-instance-connect:remotePort": "22" }], // prettier-ignore
  ["sends a key to its box", "ec2-instance-connect:SendSSHPublicKey", INSTANCE, { ...MINE, "ec2:osuser": "ec2-user" }], // prettier-ignore
  ["reads the audit trail", "cloudtrail:LookupEvents", "*"],
  ["reports a launch", "cloudwatch:PutMetricData", "*", { "cloudwatch:namespace": "AutoMock/Admin" }],
];

const DENIED: readonly (readonly [string, ...Row])[] = [
  ["launch without the template", "ec2:RunInstances", INSTANCE, NEW],
  ["launch from another template", "ec2:RunInstances", INSTANCE, { ...NEW, "ec2:LaunchTemplate": ec2("launch-template/lt-2") }], // prettier-ignore
  ["ask for a fleet from another template", "ec2:CreateFleet", ec2("launch-template/lt-2")],
  ["launch a box without tags", "ec2:RunInstances", INSTANCE, fromTemplate],
  ["launch a box in the name of someone else", "ec2:RunInstances", INSTANCE, { ...fromTemplate, ...tags("aws:RequestTag", BOB) }], // prettier-ignore
  ["launch a box of another environment", "ec2:RunInstances", INSTANCE, { ...fromTemplate, ...tags("aws:RequestTag", ALICE, "prod") }], // prettier-ignore
  ["launch an image of someone else", "ec2:RunInstances", IMAGE, { ...fromTemplate, "ec2:Owner": "999999999999" }], // prettier-ignore
  ["launch into another security group", "ec2:RunInstances", ec2("security-group/sg-2"), fromTemplate],
  ["launch into another subnet", "ec2:RunInstances", ec2("subnet/subnet-2"), fromTemplate],
  ["launch with a key", "ec2:RunInstances", ec2("key-pair/mine"), fromTemplate],
  ["pass another role to EC2", "iam:PassRole", role("admin"), { "iam:PassedToService": "ec2.amazonaws.com" }],
  ["pass the role of boxes to Lambda", "iam:PassRole", role(names.instanceRole), { "iam:PassedToService": "lambda.amazonaws.com" }], // prettier-ignore
  ["pass the role of ends to EC2", "iam:PassRole", role(names.schedulerRole), { "iam:PassedToService": "ec2.amazonaws.com" }], // prettier-ignore
  ["pass another role to Scheduler", "iam:PassRole", role("admin"), { "iam:PassedToService": "scheduler.amazonaws.com" }], // prettier-ignore
  ["schedule outside the group", "scheduler:CreateSchedule", `arn:aws:scheduler:${REGION}:${ACCOUNT}:schedule/default/x`], // prettier-ignore
  ["end the box of someone else", "ec2:TerminateInstances", INSTANCE, tags("aws:ResourceTag", BOB)],
  ["end a box of another environment", "ec2:TerminateInstances", INSTANCE, tags("aws:ResourceTag", ALICE, "prod")], // prettier-ignore
  ["end an instance without tags", "ec2:TerminateInstances", INSTANCE],
  ["connect to the box of someone else", "ssm:StartSession", INSTANCE, tags("ssm:resourceTag", BOB)],
  ["connect to another instance", "ssm:StartSession", INSTANCE],
  ["connect with another document", "ssm:StartSession", `arn:aws:ssm:${REGION}:${ACCOUNT}:document/root-shell`], // prettier-ignore
  ["join the session of someone else", "ssm:ResumeSession", `arn:aws:ssm:${REGION}:${ACCOUNT}:session/${BOB}-0abc`], // prettier-ignore
  ["send a key to the box of someone else", "ec2-instance-connect:SendSSHPublicKey", INSTANCE, { ...tags("aws:ResourceTag", BOB), "ec2:osuser": "ec2-user" }], // prettier-ignore
  [
    "send a key for root",
    "ec2-instance-connect:SendSSHPublicKey",
    INSTANCE,
    { ...MINE, "ec2:osuser": "root" },
  ],
  ["open a tunnel to another port", "ec2-instance-connect:OpenTunnel", ENDPOINT, { "ec2-instance-connect:remotePort": "5432" }], // prettier-ignore
  ["open a tunnel through another endpoint", "ec2-instance-connect:OpenTunnel", `${ENDPOINT}2`, { "ec2-instance-connect:remotePort": "22" }], // prettier-ignore
  ["renew the heartbeat of someone else", "ec2:CreateTags", INSTANCE, { ...tags("aws:ResourceTag", BOB), ...heartbeat }], // prettier-ignore
  ["take over an instance by its tags", "ec2:CreateTags", INSTANCE, { "aws:TagKeys": [BOX_TAG.launchedBy] }],
  ["give its box away", "ec2:CreateTags", INSTANCE, { ...MINE, "aws:TagKeys": [BOX_TAG.launchedBy] }],
  ["delete a tag", "ec2:DeleteTags", INSTANCE, MINE],
  ["change the template", "ec2:CreateLaunchTemplateVersion", TEMPLATE],
  ["open a port", "ec2:AuthorizeSecurityGroupIngress", ec2("security-group/sg-1")],
  ["change what a box does at shutdown", "ec2:ModifyInstanceAttribute", INSTANCE, MINE],
  ["give a box another role", "ec2:ReplaceIamInstanceProfileAssociation", INSTANCE, MINE],
  ["run a command by Run Command", "ssm:SendCommand", INSTANCE, tags("ssm:resourceTag")],
  ["change a session document", "ssm:UpdateDocument", `arn:aws:ssm:${REGION}:${ACCOUNT}:document/${names.shellDocument}`], // prettier-ignore
  ["write metrics of others", "cloudwatch:PutMetricData", "*", { "cloudwatch:namespace": "AWS/EC2" }],
  ["create another service-linked role", "iam:CreateServiceLinkedRole", role("aws-service-role/ecs.amazonaws.com/x"), { "iam:AWSServiceName": "ecs.amazonaws.com" }], // prettier-ignore
];

describe("a person with the launcher policy", () => {
  it.each(titled(ALLOWED))("$title", ({ row }) => expect(decide(launcher, row)).toBe("allowed"));
  it.each(titled(DENIED))("does not $title", ({ row }) =>
    expect(decide(launcher, row)).toBe("implicitlyDenied"),
  );
});

describe("a box", () => {
  const log = `arn:aws:logs:${REGION}:${ACCOUNT}:log-group:${names.sessionLogGroup}`;
  it.each(
    named([
      ["ssmmessages:OpenDataChannel", "*"],
      ["ssm:UpdateInstanceInformation", INSTANCE],
      ["logs:PutLogEvents", `${log}:log-stream:x`],
    ]),
  )("may $title", ({ row }) => expect(decide(box, row)).toBe("allowed"));

  it.each(
    named([
      ["ec2:RunInstances", INSTANCE, fromTemplate],
      ["ec2:TerminateInstances", INSTANCE, MINE],
      ["ec2:CreateTags", INSTANCE, { ...MINE, ...heartbeat }],
      ["ec2:DescribeInstances", "*"],
      ["ssm:StartSession", INSTANCE, tags("ssm:resourceTag")],
      ["ssm:GetParameter", `arn:aws:ssm:${REGION}:${ACCOUNT}:parameter/secret`],
      ["secretsmanager:GetSecretValue", `arn:aws:secretsmanager:${REGION}:${ACCOUNT}:secret:x`],
      ["iam:PassRole", role(names.instanceRole), { "iam:PassedToService": "ec2.amazonaws.com" }],
      ["sts:AssumeRole", role("admin")],
      ["s3:GetObject", "arn:aws:s3:::any/thing"],
      ["logs:GetLogEvents", `${log}:log-stream:x`],
      ["logs:DeleteLogGroup", log],
      ["logs:PutLogEvents", `arn:aws:logs:${REGION}:${ACCOUNT}:log-group:/other:log-stream:x`],
      [
        "scheduler:UpdateSchedule",
        `arn:aws:scheduler:${REGION}:${ACCOUNT}:schedule/${names.scheduleGroup}/x`,
      ],
    ]),
  )("may not $title", ({ row }) => expect(decide(box, row)).toBe("implicitlyDenied"));
});

describe("the schedule of a box", () => {
  it("terminates boxes of its environment", () =>
    expect(decide(end, ["ec2:TerminateInstances", INSTANCE, tags("aws:ResourceTag", BOB)])).toBe("allowed"));

  it.each(
    named([
      ["ec2:TerminateInstances", INSTANCE],
      ["ec2:TerminateInstances", INSTANCE, tags("aws:ResourceTag", ALICE, "prod")],
      ["ec2:TerminateInstances", INSTANCE, { ...MINE, "aws:ResourceTag/automock:system": "task-api" }],
      ["ec2:StopInstances", INSTANCE, MINE],
      ["ec2:RunInstances", INSTANCE, { ...fromTemplate, ...NEW }],
      ["lambda:InvokeFunction", `arn:aws:lambda:${REGION}:${ACCOUNT}:function:x`],
    ]),
  )("may not $title", ({ row }) => expect(decide(end, row)).toBe("implicitlyDenied"));
});
