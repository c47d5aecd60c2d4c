import { cdktfDeploy, cdktfDestroy } from "../../cli/cdktf";
import type { InventoryItem } from "../inventory";
import type { Site } from "./site";

/** Deploys stacks at once, shows their outputs, and proves that a second plan of each is empty. */
export async function deployAndPlanAgain(site: Site, stacks: readonly string[]): Promise<void> {
  const { aws, terraform, cdktf, progress } = site;
  const { step, detail } = progress;
  await step(`deploy: cdktf deploy ${stacks.join(" ")}`, () =>
    cdktfDeploy({ ...cdktf, stacks, skipSynth: true }),
  );
  for (const stack of stacks) {
    const folder = site.stackFolder(stack);
    detail(`${stack}: ${(await terraform.stateList(folder)).length} entries in the state`);
    for (const [name, { value, sensitive }] of Object.entries(await terraform.output(folder))) {
      detail(`  ${name} = ${sensitive ? "(sensitive)" : show(value)}`);
    }
  }
  detail(`${aws.calls.all().length} calls to AWS so far`);
  for (const stack of stacks) {
    await step(`plan ${stack} again: must say no changes`, async () => {
      const plan = await terraform.plan(site.stackFolder(stack));
      if (plan.hasChanges) throw new Error(`The second plan is not empty:\n${plan.text}`);
    });
  }
}

/** Destroys a stack and proves with a listing of the whole account that nothing of it is left. */
export async function destroyAndProve(
  site: Site,
  stack: string,
  before: readonly InventoryItem[],
): Promise<void> {
  const { step, detail } = site.progress;
  await step(`destroy: cdktf destroy ${stack}`, () =>
    cdktfDestroy({ ...site.cdktf, stacks: [stack], skipSynth: true }),
  );
  await step("prove with an independent listing that nothing of it is left", async () => {
    const left = (await site.list()).filter(({ id }) => id.includes(stack));
    if (left.length > 0) throw new Error(`Still there:\n${left.map(describe).join("\n")}`);
    detail(`${before.length} resources were there before, none of ${stack} is now`);
  });
}

/** Nothing but what was there before. */
export function expectOnly(before: readonly InventoryItem[], now: readonly InventoryItem[]): void {
  const known = new Set(before.map(describe));
  const left = now.map(describe).filter((item) => !known.has(item));
  if (left.length > 0) throw new Error(`Still there:\n${left.join("\n")}`);
}

export function describe({ service, type, id }: InventoryItem): string {
  return `${service} ${type} ${id}`;
}

function show(value: unknown): string {
  return Array.isArray(value) ? value.join(", ") : String(value);
}

/** Says how to look around, and waits until Ctrl-C. */
export async function keepRunning({ aws, progress }: Site): Promise<never> {
  progress.detail("left running until Ctrl-C; in another terminal:");
  for (const name of ["AWS_ENDPOINT_URL", "AWS_REGION", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"]) {
    progress.detail(`  export ${name}=${aws.env[name]}`);
  }
  progress.detail("  aws ecs list-clusters");
  return new Promise(() => setInterval(() => undefined, 60_000));
}
