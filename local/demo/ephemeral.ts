import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseInstant } from "../../contract/registry";
import { LocalReaper } from "../reaper";
import { LocalNotices, LocalRegistry } from "../registry";
import type { Stage } from "../stage";
import type { Steps } from "../steps";
import type { Automock } from "./commands";
import type { Traffic } from "./traffic";

export const EPHEMERAL = "demo";
export const EPHEMERAL_STACK = `automock-${EPHEMERAL}`;

const HOUR = 3_600_000;

const EXPECTATIONS = [
  {
    id: "greeting",
    httpRequest: { method: "GET", path: "/greeting" },
    httpResponse: { statusCode: 200, body: { message: "hello" } },
  },
];

const FILE = "expectations.json";

/** The team's mocks, and the first answer. Beside others: it waits for the tasks most of the time. */
export async function pushMocks(
  stage: Stage,
  automock: Automock,
  traffic: Traffic | undefined,
): Promise<void> {
  writeFileSync(join(stage.folder, FILE), JSON.stringify(EXPECTATIONS, null, 2));
  const push = ["expectations", "push", EPHEMERAL_STACK, FILE];
  await automock(...push, ...(traffic ? ["--wait"] : []));
  // The load balancer asks a task whether it is ready every few seconds.
  await traffic?.curl(["--retry", "5"], "/greeting", 200);
  await traffic?.curl(["-X", "PUT"], "/mockserver/reset", 403);
}

/** What a team does with its environment while it lives. */
export async function useIt(automock: Automock): Promise<void> {
  await automock("expectations", "history", EPHEMERAL_STACK);
  await automock("status", EPHEMERAL_STACK);
  await automock("cost", EPHEMERAL_STACK);
  await automock("extend", EPHEMERAL_STACK, "--by", "2h");
  await automock("list");
}

/** Lets the time to live pass: the warning, the deletion by the reaper, and the proof that nothing is left. */
export async function outliveIt(stage: Stage, progress: Steps, automock: Automock): Promise<void> {
  const { aws, accountId, region } = stage;
  const { step, detail } = progress;
  const registry = LocalRegistry.open(aws.env, accountId, region);
  const notices = await LocalNotices.subscribe(aws.env, accountId, region);
  const reaper = await LocalReaper.prepare({
    accountId,
    region,
    env: aws.env,
    zipFile: join(stage.folder, "dist", "ttl-cleanup.zip"),
    folder: join(stage.folder, "reaper"),
  });
  const showNotices = async () => {
    for (const { subject, text } of await notices.take()) {
      detail(`mail: ${subject}`);
      for (const line of text.split("\n").filter(Boolean)) detail(`  | ${line}`);
    }
  };
  try {
    const expiresAt = (await registry.record(EPHEMERAL))?.expiresAt;
    const hours = Math.floor((parseInstant(expiresAt)! - Date.now()) / HOUR);
    await step(`${hours} hours pass, less than one is left: the warning`, async () => {
      await registry.passHours(EPHEMERAL, hours);
      await reaper.invoke({ kind: "warn", environment: EPHEMERAL });
      await showNotices();
    });
    await automock("reap", EPHEMERAL_STACK);
    await step("1 more hour passes: the reaper removes the environment", async () => {
      await registry.passHours(EPHEMERAL, 1);
      for (let kind = "expire"; (await registry.record(EPHEMERAL)) !== undefined; kind = "rearm") {
        const { seconds, ...run } = await reaper.invoke({ kind, environment: EPHEMERAL });
        detail(`the reaper ran for ${seconds.toFixed(1)} s`);
        if (run.kind === "threw") throw new Error(run.error);
      }
      await showNotices();
    });
    await step("its Terraform state is empty", async () => {
      const folder = stage.stackFolder(EPHEMERAL_STACK);
      await stage.terraform.init(folder);
      const left = await stage.terraform.stateList(folder);
      if (left.length > 0) throw new Error(`Still in the state:\n${left.join("\n")}`);
    });
    await automock("list");
  } finally {
    reaper.remove();
    registry.close();
    await notices.close();
  }
}
