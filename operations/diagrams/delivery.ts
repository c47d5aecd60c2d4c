import type { Draft } from "./draft";
import { block, blocks, text, type Stack } from "./stack";

/** Names, certificates, topics, events and schedules: what leads to the workloads and what they trigger. */
export function drawDelivery(stack: Stack, draft: Draft): void {
  drawNames(stack, draft);
  drawTopics(stack, draft);
  drawEventRules(stack, draft);
  drawSchedules(stack, draft);
  drawFunctionEvents(stack, draft);
}

function drawNames(stack: Stack, draft: Draft): void {
  const container = draft.home()!;
  const records = stack.ofType("aws_route53_record");
  const aliases = records.filter(({ block: args }) => blocks(args.alias).length > 0);
  if (records.length > 0) {
    const zones = stack.ofType("aws_route53_zone", "data.aws_route53_zone");
    const id = draft.node({
      id: "route-53",
      of: [...records, ...zones],
      kind: "dns",
      title: "Route 53 records",
      name: zones.map(({ block: args }) => `zone ${text(args.name)}`).join(", "),
      lines: aliases.map(({ block: args }) => text(args.name)).sort(),
      container,
    });
    for (const alias of aliases) {
      const to = draft.ownerOf(stack.resolve(block(alias.block.alias).name));
      if (to !== undefined) draft.edge({ from: id, to, kind: "signal", label: "alias" });
    }
  }
  for (const certificate of stack.ofType("aws_acm_certificate")) {
    draft.node({
      of: [certificate],
      kind: "certificate",
      title: "ACM certificate",
      name: text(certificate.block.domain_name),
      lines: [
        ...(Array.isArray(certificate.block.subject_alternative_names)
          ? certificate.block.subject_alternative_names.map(text)
          : []),
        `validated by ${text(certificate.block.validation_method)}`,
      ],
      container,
    });
  }
  for (const listener of stack.ofType("aws_lb_listener")) {
    const from = draft.ownerOf(stack.resolve(listener.block.certificate_arn));
    const to = draft.ownerOf(listener);
    if (from !== undefined && to !== undefined) draft.edge({ from, to, kind: "signal", label: "TLS" });
  }
}

function drawTopics(stack: Stack, draft: Draft): void {
  for (const topic of stack.ofType("aws_sns_topic")) {
    const subscriptions = stack
      .ofType("aws_sns_topic_subscription")
      .filter(({ block: args }) => stack.resolve(args.topic_arn) === topic);
    draft.node({
      of: [topic],
      kind: "topic",
      title: "SNS topic",
      name: text(topic.block.name),
      lines: subscriptions.map(({ block: args }) => `${text(args.protocol)} ${text(args.endpoint)}`),
      container: draft.home()!,
    });
  }
}

function drawEventRules(stack: Stack, draft: Draft): void {
  for (const rule of stack.ofType("aws_cloudwatch_event_rule")) {
    const id = draft.node({
      of: [rule],
      kind: "schedule",
      title: "EventBridge rule",
      name: text(rule.block.name),
      lines: [text(rule.block.description), text(rule.block.schedule_expression)].filter(Boolean),
      container: draft.home()!,
    });
    for (const source of stack.referredBy(rule.block.event_pattern)) {
      const from = draft.ownerOf(source);
      if (from !== undefined) draft.edge({ from, to: id, kind: "signal", label: "events" });
    }
    for (const target of stack.ofType("aws_cloudwatch_event_target")) {
      if (stack.resolve(target.block.rule) !== rule) continue;
      const to = draft.ownerOf(stack.resolve(target.block.arn));
      if (to !== undefined) draft.edge({ from: id, to, kind: "signal", label: "notifies" });
    }
  }
}

function drawSchedules(stack: Stack, draft: Draft): void {
  const groups = stack.ofType("aws_scheduler_schedule_group");
  for (const [index, schedule] of stack.ofType("aws_scheduler_schedule").entries()) {
    const target = block(schedule.block.target);
    // A group has no arrows: one line of the first schedule's box is enough for it.
    const also = index === 0 ? groups : [];
    const from = draft.node({
      of: [schedule, ...also],
      kind: "schedule",
      title: "EventBridge schedule",
      name: text(schedule.block.name),
      lines: [
        text(schedule.block.schedule_expression),
        ...also.map(({ block: args }) => `schedule group ${text(args.name)}`),
      ],
      container: draft.home()!,
    });
    const to = draft.ownerOf(stack.resolve(target.arn));
    if (to !== undefined) draft.edge({ from, to, kind: "signal", label: "invokes" });
    const letters = draft.ownerOf(stack.resolve(block(target.dead_letter_config).arn));
    if (letters !== undefined) draft.edge({ from, to: letters, kind: "signal", label: "undelivered" });
  }
}

/** Streams that feed a function, and the destination of its failed events. */
function drawFunctionEvents(stack: Stack, draft: Draft): void {
  for (const mapping of stack.ofType(
    "aws_lambda_event_source_mapping",
    "aws_lambda_function_event_invoke_config",
  )) {
    const id = draft.ownerOf(mapping);
    if (id === undefined) continue;
    const source = draft.ownerOf(stack.resolve(mapping.block.event_source_arn));
    if (source !== undefined) draft.edge({ from: source, to: id, kind: "signal", label: "stream" });
    const failed = block(block(mapping.block.destination_config).on_failure);
    const letters = draft.ownerOf(stack.resolve(failed.destination_arn ?? failed.destination));
    if (letters !== undefined) draft.edge({ from: id, to: letters, kind: "signal", label: "failed events" });
  }
}
