import type { TerraformStack } from "cdktf";
import { EcsInfrastructureRole } from "../../../modules/iam/ecs-infrastructure-role";
import { ExecutionRole } from "../../../modules/iam/execution-role";
import { SchedulerRole } from "../../../modules/iam/scheduler-role";
import { TaskRole } from "../../../modules/iam/task-role";
import { testNames as names } from "../../support/names";
import { Template } from "../../support/template";

const read = { sid: "Read", actions: ["s3:GetObject"], resources: ["arn:aws:s3:::b/k"] };

const ROLES = {
  execution: (stack: TerraformStack) => new ExecutionRole(stack, "role", { names, statements: [read] }),
  task: (stack: TerraformStack) => new TaskRole(stack, "role", { names, statements: [read] }),
  "ecs-infrastructure": (stack: TerraformStack) => new EcsInfrastructureRole(stack, "role", { names }),
  scheduler: (stack: TerraformStack) =>
    new SchedulerRole(stack, "role", { names, functionArns: [names.arn("lambda", "function:reaper")] }),
};

const trustOf = (template: Template) =>
  JSON.parse(template.sole("aws_iam_role").assume_role_policy as string).Statement;
const statementsOf = (template: Template) =>
  JSON.parse(template.sole("aws_iam_role_policy").policy as string).Statement;

describe("trust: one service can assume each role, for this account only", () => {
  it.each([
    ["execution", "ecs-tasks.amazonaws.com", "arn:aws:ecs:us-east-1:111122223333:*", ""],
    ["task", "ecs-tasks.amazonaws.com", "arn:aws:ecs:us-east-1:111122223333:*", ""],
    ["ecs-infrastructure", "ecs.amazonaws.com", "arn:aws:ecs:us-east-1:111122223333:*", "IfExists"],
    ["scheduler", "scheduler.amazonaws.com", "arn:aws:scheduler:us-east-1:111122223333:schedule-group/*", ""],
  ] as const)("%s", (purpose, service, sourceArn, suffix) => {
    const template = Template.of((stack) => void ROLES[purpose](stack));
    expect(template.sole("aws_iam_role")).toMatchObject({
      name: `automock-test-${purpose}`,
      tags: { Name: `automock-test-${purpose}` },
    });
    expect(template.sole("aws_iam_role").permissions_boundary).toBeUndefined();
    expect(template.sole("aws_iam_role").path).toBeUndefined();
    expect(trustOf(template)).toEqual([
      {
        Sid: "AssumedByService",
        Effect: "Allow",
        Principal: { Service: [service] },
        Action: ["sts:AssumeRole"],
        Condition: {
          [`ArnLike${suffix}`]: { "aws:SourceArn": [sourceArn] },
          [`StringEquals${suffix}`]: { "aws:SourceAccount": ["111122223333"] },
        },
      },
    ]);
  });
});

describe("every role", () => {
  it.each(Object.keys(ROLES) as (keyof typeof ROLES)[])("%s manages its policies exclusively", (purpose) => {
    const template = Template.of((stack) => void ROLES[purpose](stack));
    const policies = Object.keys(template.byId("aws_iam_role_policy"));
    const attachments = Object.keys(template.byId("aws_iam_role_policy_attachment"));
    expect([policies.length, attachments.length]).toEqual(purpose === "ecs-infrastructure" ? [0, 1] : [1, 0]);
    expect(template.sole("aws_iam_role_policies_exclusive").policy_names).toEqual(
      policies.map((id) => `\${aws_iam_role_policy.${id}.name}`),
    );
    expect(template.sole("aws_iam_role_policy_attachments_exclusive").policy_arns).toEqual(
      attachments.map((id) => `\${aws_iam_role_policy_attachment.${id}.policy_arn}`),
    );
  });

  it.each(Object.keys(ROLES) as (keyof typeof ROLES)[])("%s is ready once its policies exist", (purpose) => {
    let ready = 0;
    Template.of((stack) => (ready = ROLES[purpose](stack).ready.length));
    expect(ready).toBe(3);
  });
});

describe("execution role", () => {
  it("has one policy, with the permissions to start a task", () => {
    const template = Template.of((stack) => {
      new ExecutionRole(stack, "role", { names, statements: [read] });
    });
    expect(template.sole("aws_iam_role_policy").name).toBe("start-tasks");
    expect(statementsOf(template)).toEqual([
      { Sid: "Read", Effect: "Allow", Action: ["s3:GetObject"], Resource: ["arn:aws:s3:::b/k"] },
    ]);
  });
});

describe("task role", () => {
  it("has no policy if the containers need no permissions", () => {
    const template = Template.of((stack) => void new TaskRole(stack, "role", { names, statements: [] }));
    expect(template.counts()).toEqual({
      aws_iam_role: 1,
      aws_iam_role_policies_exclusive: 1,
      aws_iam_role_policy_attachments_exclusive: 1,
    });
    expect(template.sole("aws_iam_role_policies_exclusive").policy_names).toEqual([]);
  });

  it("rejects a wildcard that AWS does not require", () => {
    const statement = { sid: "All", actions: ["s3:PutObject"], resources: ["*"] };
    expect(() =>
      Template.of((stack) => void new TaskRole(stack, "role", { names, statements: [read, statement] })),
    ).toThrow('Policy statement "All" grants s3:PutObject on "*"');
  });
});

describe("other roles", () => {
  it("the infrastructure role has the AWS managed policy for load balancers, in the account's partition", () => {
    const template = Template.of((stack) => void ROLES["ecs-infrastructure"](stack));
    expect(template.sole("aws_iam_role_policy_attachment").policy_arn).toBe(
      "arn:aws:iam::aws:policy/AmazonECSInfrastructureRolePolicyForLoadBalancers",
    );
  });

  it("the scheduler role can only invoke the given functions and send failures to the given queues", () => {
    const template = Template.of((stack) => {
      new SchedulerRole(stack, "role", {
        names,
        functionArns: [names.arn("lambda", "function:reaper")],
        deadLetterQueueArns: [names.arn("sqs", "failed")],
      });
    });
    expect(statementsOf(template)).toEqual([
      {
        Sid: "InvokeFunctions",
        Effect: "Allow",
        Action: ["lambda:InvokeFunction"],
        Resource: ["arn:aws:lambda:us-east-1:111122223333:function:reaper"],
      },
      {
        Sid: "KeepFailed",
        Effect: "Allow",
        Action: ["sqs:SendMessage"],
        Resource: ["arn:aws:sqs:us-east-1:111122223333:failed"],
      },
    ]);
    expect(statementsOf(Template.of((stack) => void ROLES.scheduler(stack)))).toHaveLength(1);
  });
});
