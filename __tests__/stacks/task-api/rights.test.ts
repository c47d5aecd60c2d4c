import { evaluate } from "../../support/iam-evaluator/evaluate";
import type { Policy } from "../../support/iam-evaluator/policy";
import { stacks } from "../../support/task-api-stacks";

describe.each(stacks)("permissions of task-api-%s", (name, template) => {
  const stand = {
    secret: "arn:aws:secretsmanager:us-east-1:123456789012:secret:rds!db-1-AbCdEf",
    key: "arn:aws:kms:us-east-1:123456789012:key/1",
    resourceId: "db-ABC",
  };
  /** Policies of a role, with example values for attributes that are known after the apply. */
  const policiesOf = (role: "execution" | "task"): Policy[] =>
    Object.entries(template.byId("aws_iam_role_policy"))
      .filter(([id]) => id.startsWith(`web_${role}-role_`))
      .map(([, { policy }]) => {
        const filled = String(policy)
          .replace(/\$\{aws_db_instance\.[^}]+?\.master_user_secret\[0\]\.secret_arn\}/g, stand.secret)
          .replace(/\$\{aws_db_instance\.[^}]+?\.resource_id\}/g, stand.resourceId)
          .replace(/\$\{aws_kms_key\.database_[^}]+?\.arn\}/g, stand.key);
        expect(filled).not.toContain("${");
        return JSON.parse(filled) as Policy;
      });
  const viaSecrets = { "kms:ViaService": "secretsmanager.us-east-1.amazonaws.com" };
  const repository = `arn:aws:ecr:us-east-1:123456789012:repository/task-api-${name}`;
  const other = `arn:aws:ecr:us-east-1:123456789012:repository/task-api-${name === "prod" ? "staging" : "prod"}`;
  const log = `arn:aws:logs:us-east-1:123456789012:log-group:/task-api-${name}/task-api:log-stream:x`;
  const user = (id: string) => `arn:aws:rds-db:us-east-1:123456789012:dbuser:db-ABC/${id}`;

  it.each([
    ["execution", "secretsmanager:GetSecretValue", stand.secret, {}, "allowed"],
    ["execution", "secretsmanager:GetSecretValue", `${stand.secret}2`, {}, "implicitlyDenied"],
    ["execution", "secretsmanager:PutSecretValue", stand.secret, {}, "implicitlyDenied"],
    ["execution", "kms:Decrypt", stand.key, viaSecrets, "allowed"],
    ["execution", "kms:Decrypt", stand.key, {}, "implicitlyDenied"],
    [
      "execution",
      "kms:Decrypt",
      stand.key,
      { "kms:ViaService": "s3.us-east-1.amazonaws.com" },
      "implicitlyDenied",
    ],
    ["execution", "kms:GenerateDataKey", stand.key, viaSecrets, "implicitlyDenied"],
    ["execution", "ecr:GetAuthorizationToken", "*", {}, "allowed"],
    ["execution", "ecr:BatchGetImage", repository, {}, "allowed"],
    ["execution", "ecr:BatchGetImage", other, {}, "implicitlyDenied"],
    ["execution", "ecr:PutImage", repository, {}, "implicitlyDenied"],
    ["execution", "logs:PutLogEvents", log, {}, "allowed"],
    ["execution", "logs:CreateLogGroup", log, {}, "implicitlyDenied"],
    ["execution", "rds-db:connect", user("task_api"), {}, "implicitlyDenied"],
    ["task", "rds-db:connect", user("task_api"), {}, "allowed"],
    ["task", "rds-db:connect", user("taskadmin"), {}, "implicitlyDenied"],
    ["task", "rds-db:connect", user("task_api").replace("db-ABC", "db-XYZ"), {}, "implicitlyDenied"],
    ["task", "secretsmanager:GetSecretValue", stand.secret, {}, "allowed"],
    ["task", "kms:Decrypt", stand.key, viaSecrets, "allowed"],
    ["task", "kms:Decrypt", stand.key, {}, "implicitlyDenied"],
    ["task", "ecr:BatchGetImage", repository, {}, "implicitlyDenied"],
    ["task", "rds:DeleteDBInstance", "arn:aws:rds:us-east-1:123456789012:db:x", {}, "implicitlyDenied"],
  ] as const)("of the %s role: %s on %s with %j is %s", (role, action, resource, context, decision) =>
    expect(evaluate(policiesOf(role), { action, resource, context }).kind).toBe(decision),
  );

  it("grants actions on * only if they support no resource", () => {
    const onAll = (["execution", "task"] as const)
      .flatMap(policiesOf)
      .flatMap(({ Statement }) => Statement)
      .filter(({ Resource }) => Resource?.includes("*"))
      .flatMap(({ Action }) => Action);
    expect(onAll).toEqual(["ecr:GetAuthorizationToken"]);
  });
});
