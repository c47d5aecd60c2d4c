#!/usr/bin/env node
// The command is TypeScript: tsx compiles it as it loads, so there is no build that could be stale.
import "./compile-cache.mjs";
import "tsx";

await import("../automock.ts");
