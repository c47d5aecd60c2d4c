import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { HeadBucketCommand, HeadObjectCommand, S3Client, S3ServiceException } from "@aws-sdk/client-s3";
import type { Terraform } from "./terraform";

/** Terraform merges it over `cdk.tf.json`, which stays as synthesized. */
const BACKEND_OVERRIDE = "backend_override.tf.json";

export interface BootstrapOptions {
  /** Synthesized folder of the bootstrap stack. */
  readonly folder: string;
  /** Location of the state until the bucket exists; deleted after the migration. */
  readonly localState: string;
  /** The stack's state bucket and key in it. */
  readonly bucket: string;
  readonly key: string;
  readonly s3: S3Client;
  readonly terraform: Terraform;
  /** Receives progress lines. */
  readonly log: (line: string) => void;
  /** Name of the plan's file in the folder. */
  readonly planFile: string;
  /**
   * Applies the plan, which it receives as `terraform show -json` prints it.
   *
   * @returns false if the user declined
   */
  readonly apply: (shownPlan: string) => Promise<boolean>;
}

export type BootstrapResult = "created" | "updated" | "unchanged" | "declined";

export interface Bootstrapped {
  readonly result: BootstrapResult;
  /** If it is unchanged: the plan, as `terraform show -json` prints it. It may contain drift. */
  readonly shownPlan?: string;
}

/**
 * Deploys the bootstrap stack, whose state bucket is one of its own resources. It starts with a local state, which is
 * then migrated into the bucket. A second run changes nothing, and an interrupted run can be continued: the local state
 * is deleted only after the state in the bucket was read back.
 */
export async function bootstrap(options: BootstrapOptions): Promise<Bootstrapped> {
  const { folder, localState, bucket, key, s3, terraform, log } = options;
  const override = join(folder, BACKEND_OVERRIDE);
  rmSync(override, { force: true });

  const inBucket = await exists(bucket, () => s3.send(new HeadBucketCommand({ Bucket: bucket })));
  const migrated =
    inBucket && (await exists(bucket, () => s3.send(new HeadObjectCommand({ Bucket: bucket, Key: key }))));
  if (migrated) {
    await terraform.init(folder, { reconfigure: true });
    const result = await planAndApply(options);
    rmSync(localState, { force: true });
    return result;
  }
  if (inBucket && !existsSync(localState)) {
    throw new Error(
      `The bucket ${bucket} exists, but does not contain ${key}, and there is no ${localState} from an earlier run.\n` +
        `Restore the file or a version of ${key}, or delete the bucket if it is unused.`,
    );
  }

  log(`state bucket ${bucket} ${inBucket ? "exists" : "does not exist yet"}: starting with a local state`);
  mkdirSync(dirname(localState), { recursive: true });
  writeFileSync(override, JSON.stringify({ terraform: { backend: { local: { path: localState } } } }));
  try {
    await terraform.init(folder, { reconfigure: true });
    const applied = await planAndApply(options);
    if (applied.result === "declined") return applied;
  } finally {
    rmSync(override, { force: true });
  }

  log(`moving the state into s3://${bucket}/${key}`);
  await terraform.init(folder, { migrateState: true });
  const resources = await terraform.stateList(folder);
  if (resources.length === 0) {
    throw new Error(`s3://${bucket}/${key} is empty after the move; the state is still in ${localState}.`);
  }
  rmSync(localState, { force: true });
  rmSync(`${localState}.backup`, { force: true });
  return { result: "created" };
}

async function planAndApply({ folder, terraform, planFile, apply }: BootstrapOptions): Promise<Bootstrapped> {
  const { hasChanges } = await terraform.plan(folder, { out: planFile });
  const shownPlan = await terraform.showPlan(folder, planFile);
  if (!hasChanges) return { result: "unchanged", shownPlan };
  return { result: (await apply(shownPlan)) ? "updated" : "declined" };
}

/** False if S3 returns 404; other errors name the bucket. */
async function exists(bucket: string, head: () => Promise<unknown>): Promise<boolean> {
  try {
    await head();
    return true;
  } catch (error) {
    const status = error instanceof S3ServiceException ? error.$metadata.httpStatusCode : undefined;
    if (status === 404) return false;
    if (status === 403) {
      throw new Error(
        `No access to the bucket ${bucket}: check that the credentials belong to the account of the environment ` +
          `and may read the bucket (someone else may own the name).`,
      );
    }
    throw error;
  }
}
