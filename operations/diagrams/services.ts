import type { Draft } from "./draft";
import { block, blocks, strings, text, type Resource, type Stack } from "./stack";
import { counted } from "../../contract/text";
import { list } from "./words";

/** Stores and keys outside the network: S3, DynamoDB, ECR, Secrets Manager, SQS, KMS. */
export function drawServices(stack: Stack, draft: Draft): void {
  const container = draft.home()!;
  for (const bucket of stack.ofType("aws_s3_bucket")) {
    draft.node({
      of: [bucket],
      kind: "bucket",
      title: "S3 bucket",
      name: text(bucket.block.bucket),
      lines: bucketLines(stack, bucket),
      container,
    });
  }
  for (const balancer of stack.ofType("aws_lb")) {
    const logs = block(balancer.block.access_logs);
    const to = draft.ownerOf(stack.resolve(logs.bucket, "aws_s3_bucket"));
    if (logs.enabled === true && to !== undefined) {
      draft.edge({ from: draft.ownerOf(balancer)!, to, kind: "signal", label: "access logs" });
    }
  }
  for (const table of stack.ofType("aws_dynamodb_table")) {
    draft.node({
      of: [table],
      kind: "table",
      title: "DynamoDB table",
      name: text(table.block.name),
      lines: [
        list([
          block(table.block.point_in_time_recovery).enabled === true && "point-in-time recovery",
          table.block.stream_enabled === true && "stream",
        ]),
        table.block.deletion_protection_enabled === true ? "deletion protection" : "",
      ].filter(Boolean),
      container,
    });
  }
  drawItems(stack, draft, container);
  for (const repository of stack.ofType("aws_ecr_repository")) {
    draft.node({
      of: [repository],
      kind: "images",
      title: "ECR repository",
      name: text(repository.block.name),
      lines: [
        repository.block.image_tag_mutability === "IMMUTABLE" ? "tags never move" : "tags can move",
        block(repository.block.image_scanning_configuration).scan_on_push === true ? "scanned at push" : "",
      ].filter(Boolean),
      container,
    });
  }
  for (const secret of stack.ofType("aws_secretsmanager_secret")) {
    draft.node({
      of: [secret],
      kind: "secret",
      title: "Secrets Manager",
      name: text(secret.block.name),
      lines: [],
      container,
    });
  }
  for (const queue of stack.ofType("aws_sqs_queue")) {
    draft.node({
      of: [queue],
      kind: "queue",
      title: "SQS queue",
      name: text(queue.block.name),
      lines: [
        `keeps messages ${counted(Number(queue.block.message_retention_seconds ?? 345600) / 86400, "day")}`,
      ],
      container,
    });
  }
  drawKeys(stack, draft, container);
}

function bucketLines(stack: Stack, bucket: Resource): string[] {
  const settings = (type: string) =>
    stack.ofType(type).filter(({ block }) => stack.resolve(block.bucket) === bucket);
  const versioned = settings("aws_s3_bucket_versioning").some(
    ({ block: args }) => block(args.versioning_configuration).status === "Enabled",
  );
  const days = settings("aws_s3_bucket_lifecycle_configuration")
    .flatMap(({ block: args }) => blocks(args.rule))
    .map((rule) => block(rule.expiration).days)
    .find((value) => value !== undefined);
  const [object] = stack
    .ofType("aws_s3_object")
    .filter(({ block: args }) => stack.resolve(args.bucket, "aws_s3_bucket") === bucket);
  return [
    list([
      versioned && "versioned",
      days !== undefined && `objects go after ${counted(Number(days), "day")}`,
    ]),
    text(object?.block.key),
  ].filter(Boolean);
}

/** Records in a table of another stack. */
function drawItems(stack: Stack, draft: Draft, container: string): void {
  for (const item of stack.ofType("aws_dynamodb_table_item")) {
    draft.node({
      of: [item],
      kind: "table",
      title: "Item in a DynamoDB table",
      name: text(item.block.table_name),
      lines: [keyOf(item)].filter(Boolean),
      container,
    });
  }
}

/** Read as text, because the item is not JSON until Terraform has resolved its expressions. */
function keyOf({ block: args }: Resource): string {
  const attribute = new RegExp(`"${text(args.hash_key)}":\\s*\\{"S":\\s*"([^"]+)"`);
  return attribute.exec(strings(args.item ?? null).join())?.[1] ?? "";
}

/** One box for all customer managed keys of the region; keys elsewhere belong to what they encrypt. */
function drawKeys(stack: Stack, draft: Draft, container: string): void {
  const keys = stack.ofType("aws_kms_key").filter((key) => draft.ownerOf(key) === undefined);
  if (keys.length === 0) return;
  const aliases = stack
    .ofType("aws_kms_alias")
    .filter(({ block }) => keys.includes(stack.resolve(block.target_key_id)!))
    .map(({ block }) => text(block.name).replace(/^alias\//, ""));
  draft.node({
    id: "kms-keys",
    of: keys,
    kind: "key",
    title: keys.length === 1 ? "KMS key" : counted(keys.length, "KMS key"),
    name: aliases.length === 1 ? aliases[0]! : "",
    lines: [
      ...(aliases.length === 1 ? [] : aliases),
      keys.every(({ block }) => block.enable_key_rotation === true) ? "rotated every year" : "",
    ].filter(Boolean),
    container,
  });
}
