#!/usr/bin/env node
// The command is TypeScript: tsx compiles it as it loads, so there is no build that could be stale.
import "./compile-cache.mjs";
import { createRequire } from "node:module";
import process from "node:process";
import { leave } from "./leave.mjs";
import { explainMissingPackage } from "./missing-package.mjs";

try {
  await import("tsx");
  await createRequire(import.meta.url)("../automock.ts").finished;
} catch (error) {
  const message = explainMissingPackage(error);
  if (message === undefined) throw error;
  process.stderr.write(`${message}\n`);
  if (process.argv.includes("--json")) {
    process.stdout.write(`${JSON.stringify({ error: { message } }, null, 2)}\n`);
  }
  process.exitCode = 1;
}
await leave();
