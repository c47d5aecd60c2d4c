import { join } from "node:path";
import { parseInstant } from "../../contract/registry";
import { LocalReaper } from "../reaper";
import { LocalNotices, LocalRegistry } from "../registry";
import type { Stage } from "../stage";
import type { Steps } from "../steps";
import type { Automock } from "./commands";

export const EPHEMERAL = "demo";
export const EPHEMERAL_STACK = `automock-${EPHEMERAL}`;

const HOUR = 3_600_000;

/**
 * Extends the environment and lets its time to live pass: the warning, the deletion by the reaper, and the proof that
 * nothing is left.
 */
export async function outliveIt(stage: Stage, progress: Steps, automock: Automock): Promise<void> {
  const { aws, accountId, region } = stage;
  const { step, detail } = progress;
  await automock("extend", EPHEMERAL_STACK, "--by", "2h");
  await automock("list");
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
