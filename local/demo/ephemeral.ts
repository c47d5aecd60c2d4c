import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Environment } from "../../environments";
import { LocalReaper } from "../reaper";
import { LocalNotices, LocalRegistry } from "../registry";
import type { Site } from "./site";

const NAME = "demo";
const TTL_HOURS = 4;

/** Stack of the demo's ephemeral environment. */
export const EPHEMERAL_STACK = `automock-${NAME}`;

/** Writes the environment's file into the copy of the project: staging's shape, with a time to live. */
export function writeEphemeral(folder: string, staging: Environment): void {
  const { taskApi: _, ...shape } = staging;
  const environment = {
    ...shape,
    name: NAME,
    ttlHours: TTL_HOURS,
    network: { ...staging.network, vpcCidr: "10.200.0.0/16" },
  };
  writeFileSync(
    join(folder, "environments", "ephemeral", `${NAME}.json`),
    JSON.stringify(environment, undefined, 2),
  );
}

/** Lets the time to live pass: the warning, the removal by the reaper, and what is left (nothing). */
export async function outliveIt(site: Site): Promise<void> {
  const { aws, accountId, region, progress } = site;
  const { step, detail } = progress;
  const registry = new LocalRegistry(aws.env, accountId, region);
  const notices = await LocalNotices.subscribe(aws.env, accountId, region);
  const reaper = await LocalReaper.prepare({
    accountId,
    region,
    env: aws.env,
    zipFile: join(site.folder, "dist", "ttl-cleanup.zip"),
    folder: join(site.folder, "reaper"),
  });
  const showNotices = async () => {
    for (const { subject, text } of await notices.take()) {
      detail(`mail: ${subject}`);
      for (const line of text.split("\n").filter(Boolean)) detail(`  | ${line}`);
    }
  };
  try {
    detail(`${NAME} lives until ${(await registry.record(NAME))?.expiresAt?.S}`);
    await step(`${TTL_HOURS - 0.5} hours pass: the warning`, async () => {
      await registry.passHours(NAME, TTL_HOURS - 0.5);
      await reaper.invoke({ kind: "warn", environment: NAME });
      await showNotices();
    });
    await step("1 more hour passes: the reaper removes the environment", async () => {
      await registry.passHours(NAME, 1);
      for (let kind = "expire"; (await registry.record(NAME)) !== undefined; kind = "rearm") {
        const { seconds, ...run } = await reaper.invoke({ kind, environment: NAME });
        detail(`the reaper ran for ${seconds.toFixed(1)} s`);
        if (run.kind === "threw") throw new Error(run.error);
      }
      await showNotices();
    });
    await step("the Terraform state is empty", async () => {
      const left = await site.terraform.stateList(site.stackFolder(EPHEMERAL_STACK));
      if (left.length > 0) throw new Error(`Still in the state:\n${left.join("\n")}`);
    });
  } finally {
    reaper.remove();
    registry.close();
    await notices.close();
  }
}
