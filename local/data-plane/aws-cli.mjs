#!/usr/bin/env node
// The AWS CLI's calls that the containers make, for machines without it: `aws s3api get-object` and `head-object`.
import console from "node:console";
import { writeFileSync } from "node:fs";
import process from "node:process";
import { GetObjectCommand, HeadObjectCommand, S3Client } from "@aws-sdk/client-s3";

const COMMANDS = { "get-object": GetObjectCommand, "head-object": HeadObjectCommand };

const [service, operation, ...rest] = process.argv.slice(2);
const options = {};
let file;
for (let i = 0; i < rest.length; i++) {
  if (rest[i].startsWith("--")) options[rest[i].slice(2)] = rest[++i];
  else file = rest[i];
}

async function main() {
  const Command = service === "s3api" ? COMMANDS[operation] : undefined;
  if (!Command) {
    console.error(`aws ${service} ${operation} is not part of the AWS CLI of the local AWS`);
    return 252;
  }
  const s3 = new S3Client({ forcePathStyle: true });
  const { bucket: Bucket, key: Key, "if-match": IfMatch, "version-id": VersionId } = options;
  const { Body, ...answer } = await s3.send(new Command({ Bucket, Key, IfMatch, VersionId }));
  delete answer.$metadata;
  if (Body) writeFileSync(file, await Body.transformToByteArray());
  console.log(shown(answer));
  return 0;
}

/** `--query Name` or `--query [Name,Name]`, `--output text` or JSON. */
function shown(answer) {
  const { query, output } = options;
  const names = query?.startsWith("[") ? query.slice(1, -1).split(/\s*,\s*/) : undefined;
  const value = names ? names.map((name) => answer[name] ?? null) : query ? (answer[query] ?? null) : answer;
  if (output !== "text") return JSON.stringify(value, undefined, 4);
  return [value]
    .flat()
    .map((one) => one ?? "None")
    .join("\t");
}

main().then(
  (code) => (process.exitCode = code),
  (error) => {
    const name = operation.replace(/(^|-)([a-z])/g, (_, __, letter) => letter.toUpperCase());
    const status = error.$metadata?.httpStatusCode;
    // A HEAD answer has no body and so no code: the AWS CLI shows the status instead.
    const code = operation === "head-object" && status ? status : error.name;
    console.error(`\nAn error occurred (${code}) when calling the ${name} operation: ${error.message}`);
    process.exitCode = 254;
  },
);
