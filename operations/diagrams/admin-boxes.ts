import { usd } from "../../contract/dollars";
import type { Draft } from "./draft";
import { block, blocks, text, type Stack } from "./stack";
import { list } from "./words";

/** Admin boxes: the instances that a launch template starts, who reaches them and how, and what ends them. */
export function drawAdminBoxes(stack: Stack, draft: Draft): void {
  const container = draft.home()!;
  for (const template of stack.ofType("aws_launch_template")) {
    const disks = blocks(template.block.block_device_mappings).map(({ ebs }) => block(ebs));
    const box = draft.node({
      of: [template],
      kind: "compute",
      title: "EC2 instances, while in use",
      name: text(template.block.name),
      lines: [
        ...disks.map(
          (disk) =>
          list([`${text(disk.volume_size)} GiB ${text(disk.volume_type)}`, text(disk.encrypted) === "true" && "encrypted"]), // prettier-ignore
        ),
        template.block.instance_initiated_shutdown_behavior === "terminate" ? "shutdown terminates" : "",
      ].filter(Boolean),
      container,
    });
    const people = draft.node({
      id: "people-with-launcher-policy",
      of: stack.ofType("aws_iam_policy"),
      kind: "people",
      title: "People",
      name: stack
        .ofType("aws_iam_policy")
        .map(({ block: args }) => text(args.name))
        .join(", "),
      lines: [],
    });
    draft.edge({ from: people, to: box, kind: "signal", label: "launch, extend, end" });
    drawSessions(stack, draft, { people, box });
    for (const group of stack.ofType("aws_scheduler_schedule_group")) {
      const schedules = draft.node({
        of: [group],
        kind: "schedule",
        title: "EventBridge schedules, one per box",
        name: text(group.block.name),
        lines: [],
        container,
      });
      draft.edge({ from: schedules, to: box, kind: "signal", label: "terminate at the expiry" });
    }
  }
  for (const endpoint of stack.ofType("aws_ec2_instance_connect_endpoint")) {
    draft.node({
      of: [endpoint],
      kind: "network",
      title: "EC2 Instance Connect endpoint",
      name: text(block(endpoint.block.tags).Name),
      lines: [],
      container,
    });
  }
  for (const budget of stack.ofType("aws_budgets_budget")) {
    draft.node({
      of: [budget],
      kind: "alarms",
      title: "Budget",
      name: text(budget.block.name),
      lines: [`${usd(Number(budget.block.limit_amount))} per month`],
      container,
    });
  }
}

/** Sessions of people on boxes; their documents name the log group. */
function drawSessions(
  stack: Stack,
  draft: Draft,
  { people, box }: { readonly people: string; readonly box: string },
): void {
  const documents = stack
    .ofType("aws_ssm_document")
    .filter(({ block: args }) => args.document_type === "Session");
  if (documents.length === 0) return;
  const sessions = draft.node({
    id: "session-manager",
    of: documents,
    kind: "role",
    title: "Session Manager",
    name: documents.map(({ block: args }) => text(args.name)).join(", "),
    lines: [],
    container: draft.home()!,
  });
  draft.edge({ from: people, to: sessions, kind: "signal", label: "shell, command, port" });
  draft.edge({ from: sessions, to: box, kind: "signal", label: "no open port" });
}
