import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Stage } from "../stage";
import type { Automock } from "./commands";
import type { Traffic } from "./traffic";

const EXPECTATIONS = [
  {
    id: "greeting",
    httpRequest: { method: "GET", path: "/greeting" },
    httpResponse: { statusCode: 200, body: { message: "hello" } },
  },
];

const FILE = "expectations.json";

/** A team's mocks: the push, the first answer, what the commands say about them, and a deployment under load. */
export async function useMocks(
  stage: Stage,
  automock: Automock,
  traffic: Traffic | undefined,
  stack: string,
): Promise<void> {
  writeFileSync(join(stage.folder, FILE), JSON.stringify(EXPECTATIONS, null, 2));
  await automock("expectations", "push", stack, FILE, ...(traffic ? ["--wait"] : []));
  // The load balancer asks a task whether it is ready every few seconds.
  await traffic?.curl(["--retry", "5"], "/greeting", 200);
  await traffic?.curl(["-X", "PUT"], "/mockserver/reset", 403);
  await automock("expectations", "history", stack);
  await automock("status", stack);
  await automock("cost", stack);
  await traffic?.deployUnderLoad(stage, stack, "/greeting");
}
