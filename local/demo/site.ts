import { join } from "node:path";
import { S3Client } from "@aws-sdk/client-s3";
import { bootstrap, type BootstrapResult } from "../../cli/bootstrap-state";
import { cdktfSynth, stackFolder, type DeployOptions } from "../../cli/cdktf";
import { Terraform } from "../../cli/terraform";
import { stateBucketName, stateKey } from "../../contract/names";
import { listEverything, type InventoryItem } from "../inventory";
import { boundRetries, type LocalAws } from "../local-aws";
import type { Steps } from "../steps";

/** What the steps of the demo work with. */
export interface Site {
  readonly aws: LocalAws;
  readonly accountId: string;
  readonly region: string;
  /** Copy of the project that is synthesized and deployed. */
  readonly folder: string;
  readonly terraform: Terraform;
  readonly cdktf: Omit<DeployOptions, "stacks">;
  readonly progress: Steps;
  stackFolder(stack: string): string;
  /** Everything in the account. */
  list(): Promise<InventoryItem[]>;
}

export interface SiteOptions {
  readonly aws: LocalAws;
  readonly accountId: string;
  readonly region: string;
  readonly folder: string;
  readonly progress: Steps;
  readonly verbose: boolean;
}

/** Synthesizes the copy and bootstraps its account. */
export async function openSite(options: SiteOptions, stacks: readonly string[]): Promise<Site> {
  const { aws, accountId, region, folder, progress, verbose } = options;
  const { step, detail } = progress;
  const cdktf = {
    projectFolder: folder,
    env: aws.env,
    onLine: verbose ? detail : countResources(detail),
    skipProviderLock: aws.providerMirror !== undefined,
  };
  const site: Site = {
    aws,
    accountId,
    region,
    folder,
    progress,
    cdktf,
    terraform: await Terraform.find({ env: aws.env, onLine: verbose ? detail : undefined }),
    stackFolder: (stack) => stackFolder(cdktf, stack),
    list: () => listEverything(aws.env, region),
  };
  await step("synthesize all stacks: cdktf synth", () => cdktfSynth(cdktf));
  for (const stack of ["bootstrap", ...stacks]) boundRetries(site.stackFolder(stack));
  await step("bootstrap: state bucket, lock table, registry and reaper", () => expectResult(site, "created"));
  await step("bootstrap again: must change nothing", () => expectResult(site, "unchanged"));
  return site;
}

async function expectResult(site: Site, expected: BootstrapResult): Promise<void> {
  const { aws, accountId, region, folder, terraform, progress } = site;
  const result = await bootstrap({
    folder: site.stackFolder("bootstrap"),
    localState: join(folder, "bootstrap.tfstate"),
    bucket: stateBucketName(accountId, region),
    key: stateKey("bootstrap", "shared"),
    s3: new S3Client({
      region,
      endpoint: aws.endpoint,
      forcePathStyle: true,
      credentials: { accessKeyId: "test", secretAccessKey: "test" },
    }),
    terraform,
    log: progress.detail,
    confirm: () => Promise.resolve(true),
  });
  if (result !== expected) throw new Error(`bootstrap answered "${result}" instead of "${expected}"`);
}

/** Says now and then how far terraform is, instead of showing its hundreds of lines. */
function countResources(say: (line: string) => void): (line: string) => void {
  const EVERY = 20;
  const counts = { Creation: 0, Destruction: 0 };
  return (line) => {
    const [, kind] = /: (Creation|Destruction) complete after/.exec(line) ?? [];
    if (kind !== "Creation" && kind !== "Destruction") return;
    counts[kind] += 1;
    if (counts[kind] % EVERY === 0) say(`${counts[kind]} ${kind === "Creation" ? "created" : "destroyed"}`);
  };
}
