// Node 22 and newer keep what V8 has compiled: half the start of the command and a third of a synth, which inherits the
// variable. Node 20 starts without it.
import module from "node:module";
import process from "node:process";
import { fileURLToPath, URL } from "node:url";

process.env.NODE_COMPILE_CACHE ??= fileURLToPath(
  new URL("../../node_modules/.cache/node-compile", import.meta.url),
);
module.enableCompileCache?.(process.env.NODE_COMPILE_CACHE);
