import {
  explainTerraformError,
  explainTerraformText,
  lockHeld,
  parseLock,
} from "../../../operations/delivery/terraform-faults";
import { TerraformError } from "../../../operations/terraform/terraform";
import { UserError } from "../../../contract/user-error";

const STACK = { id: "automock-demo", environment: "demo", accountId: "123456789012", region: "us-east-1" };
const ID = "5543c186-7193-7f53-e773-61b50c94d8b8";
const NOW = new Date("2026-11-21T09:00:00Z");

/** As Terraform 1.11.4 prints it without a terminal. */
const lockText = (operation: string, who = "ci@runner-7") => `╷
│ Error: Error acquiring the state lock
│ 
│ Error message: operation error DynamoDB: PutItem, https response error
│ StatusCode: 400, ConditionalCheckFailedException: The conditional request
│ failed
│ Lock Info:
│   ID:        ${ID}
│   Path:      automock-tfstate-123456789012-us-east-1/automock/demo/terraform.tfstate
│   Operation: ${operation}
│   Who:       ${who}
│   Version:   1.11.4
│   Created:   2026-11-21 08:47:29.747436018 +0000 UTC
│   Info:      
│ 
│ 
│ Terraform acquires a state lock to protect the state from being written
│ by multiple users at the same time.
╵`;

it("says who holds the lock, since when and for what, and how to wait or release it", () => {
  const error = explainTerraformText(lockText("OperationTypeApply"), STACK);
  expect(error).toBeInstanceOf(UserError);
  const lines = error!.message.split("\n");
  expect(lines.filter((line) => !line.startsWith("  since:"))).toEqual([
    "Someone else is working on automock-demo and holds its state lock. Nothing was changed.",
    "  who:       ci@runner-7",
    "  what:      terraform apply",
    `  lock id:   ${ID}`,
    "Wait for the lock with --lock-timeout 10m. If you are certain that its process has died, release the lock:",
    "  npx cdktf synth && terraform -chdir=cdktf.out/stacks/automock-demo init && " +
      `terraform -chdir=cdktf.out/stacks/automock-demo force-unlock ${ID}`,
  ]);
  expect(lines.find((line) => line.startsWith("  since:"))).toMatch(/^ {2}since: {5}2026-11-21T08:47:29Z \(/);
});

const HOLDER = {
  id: ID,
  operation: "OperationTypePlan",
  who: "a@b",
  created: "2026-11-21 08:47:29 +0000 UTC",
  info: "",
};

it.each([
  ["2026-11-21 08:59:30.1 +0000 UTC", "2026-11-21T08:59:30Z (less than a minute ago)"],
  ["2026-11-21 08:47:29.747436018 +0000 UTC", "2026-11-21T08:47:29Z (12 min 30 s ago)"],
  ["2026-11-21T06:30:00Z", "2026-11-21T06:30:00Z (2 h 30 min ago)"],
  ["some day", "some day"],
])("reads the time %s", (created, text) => {
  expect(lockHeld({ ...HOLDER, created }, "automock-demo", NOW).message).toContain(`  since:     ${text}\n`);
});

it.each([
  ["OperationTypePlan", "", "terraform plan"],
  ["OperationTypeApply", "by hand", "terraform apply, by hand"],
  ["OperationTypeOther", "", "OperationTypeOther"],
])("names the operation %s", (operation, info, text) => {
  expect(lockHeld({ ...HOLDER, operation, info }, "automock-demo", NOW).message).toContain(
    `  what:      ${text}\n`,
  );
});

it("knows the reaper, whose lock nobody releases", () => {
  const holder = parseLock(
    lockText("OperationTypeReaper", "ttl-reaper@arn:aws:lambda:us-east-1:1:function:reaper"),
  )!;
  expect(lockHeld(holder, "automock-demo", NOW).message).toBe(
    [
      "The reaper is deleting automock-demo and holds its state lock. Nothing was changed.",
      "  who:       ttl-reaper@arn:aws:lambda:us-east-1:1:function:reaper",
      "  what:      deletion at the end of its time to live",
      "  since:     2026-11-21T08:47:29Z (12 min 30 s ago)",
      `  lock id:   ${ID}`,
      "Wait until it has finished (automock list), then deploy again.",
    ].join("\n"),
  );
});

it("does not claim someone holds a lock that could not be asked for", () => {
  const text = "Error: Error acquiring the state lock\n\nError message: AccessDenied";
  expect(explainTerraformText(text, STACK)!.message).toBe(
    "The state of automock-demo could not be locked, and terraform does not report who holds the lock. Nothing was changed.\n" +
      "Try again. The credentials require permission to write the lock (lock table and lock file).",
  );
});

it.each([
  'Error: Failed to get existing workspaces: S3 bucket "automock-tfstate-1" does not exist.',
  "api error NoSuchBucket: The specified bucket does not exist",
])("names the command that makes a missing state bucket: %s", (text) => {
  expect(explainTerraformText(text, STACK)!.message).toBe(
    "The state bucket of account 123456789012 in us-east-1 does not exist yet. " +
      "Create it with automock bootstrap --environment demo",
  );
});

it.each(["prod", "shared"])("needs no --environment for %s", (environment) => {
  const error = explainTerraformText("NoSuchBucket", { ...STACK, environment });
  expect(error!.message).toMatch(/automock bootstrap$/);
});

it("shows a condition that does not hold in its own words, not its expression", () => {
  const text = `╷
│ Error: Resource postcondition failed
│ 
│   on cdk.tf.json line 562, in resource.aws_dynamodb_table_item.x.lifecycle.postcondition[0]:
│  562:               "condition": "\${jsondecode(self.item).owner.S == \\"a\\"}",
│     ├────────────────
│     │ self.item is "{\\"pk\\":{\\"S\\":\\"ENV#demo\\"}}"
│ 
│ The environment demo belongs to team-b since 2026-11-21T08:44:44Z,
│ until 2026-11-21T16:44:44Z. Take another name, or ask them.
╵
`;
  expect(explainTerraformText(text, STACK)!.message).toBe(
    "The environment demo belongs to team-b since 2026-11-21T08:44:44Z, until 2026-11-21T16:44:44Z. " +
      "Take another name, or ask them.",
  );
});

it.each(["Error: Saved plan is stale", "Error: Saved plan does not match the given state"])(
  "never offers anything but a new plan: %s",
  (text) => {
    expect(explainTerraformText(text, STACK)!.message).toBe(
      "The saved plan of automock-demo is stale: the state has changed since it was created.\n" +
        "Nothing was applied. Plan again and review the new plan: automock plan automock-demo",
    );
  },
);

it("leaves other texts alone", () => {
  expect(explainTerraformText("Error: something else", STACK)).toBeUndefined();
  expect(parseLock("Error: something else")).toBeUndefined();
});

describe("explainTerraformError", () => {
  const failed = (stderr: string, stdout = "") =>
    new TerraformError("terraform plan -input=false", { exitCode: 1, signal: null, stdout, stderr });

  it("shows what terraform said without its frame", () => {
    const error = explainTerraformError(failed("╷\n│ Error: no\n│ \n│ Because.\n╵\n"), STACK);
    expect(error).toBeInstanceOf(UserError);
    expect((error as Error).message).toBe("terraform plan of automock-demo failed:\n\nError: no\n\nBecause.");
  });

  it("prefers the fix where one is known", () => {
    const error = explainTerraformError(failed(lockText("OperationTypeApply")), STACK);
    expect((error as Error).message).toMatch(/^Someone else is working on automock-demo/);
  });

  it("is not misled by what terraform says on standard output", () => {
    const condition =
      "╷\n│ Error: Resource postcondition failed\n│ \n│   on x\n│ \n│ It belongs to\n│ team-b.\n╵\n";
    const said = "aws_x.y: Refreshing state...\n\nPlanning failed. Terraform encountered an error.\n";
    const error = explainTerraformError(failed(condition, said), STACK);
    expect((error as Error).message).toBe("It belongs to team-b.");
  });

  it("leaves other errors as they are", () => {
    const error = new Error("no");
    expect(explainTerraformError(error, STACK)).toBe(error);
  });
});
