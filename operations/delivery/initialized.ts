import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { canonicalJson } from "../../contract/json";
import type { Terraform } from "../terraform/terraform";

/** Where terraform is initialized. */
export interface InitPlace {
  readonly terraform: Terraform;
  /** The stack's folder. */
  readonly folder: string;
  /** `TF_DATA_DIR` of the stack: it keeps provider and backend settings while the folders change. */
  readonly dataFolder: string;
  /** Endpoint of the local AWS, which has a provider mirror of its own. */
  readonly localEndpoint?: string;
}

/** Then an init looks for newer providers again. */
const HOURS_UNTIL_REPEATED = 24;

const CONFIGURATION = "cdk.tf.json";
const LOCK_FILE = ".terraform.lock.hcl";
/** What the last init of a data folder was for. */
const RECORD = "initialized.json";

interface Record {
  /** Backend, providers and versions. */
  readonly setup: string;
  /** The lock file that init wrote. */
  readonly lock: string;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/**
 * Runs `work` in an initialized folder. `terraform init` is omitted if the data folder was initialized for the same
 * backend, providers and lock file within a day. Terraform itself notices whatever else is stale and asks for an init:
 * then it gets one, and `work` runs again.
 *
 * @param work may run twice: no apply
 */
export async function initialized<T>(place: InitPlace, work: () => Promise<T>): Promise<T> {
  if (isCurrent(place)) {
    try {
      return await work();
    } catch (error) {
      if (!/terraform init/.test((error as Error).message)) throw error;
    }
  }
  const { terraform, folder, dataFolder } = place;
  const record = join(dataFolder, RECORD);
  rmSync(record, { force: true }); // an init that is interrupted leaves nothing that counts
  await terraform.init(folder, { reconfigure: true });
  const [setup, lock] = [setupOf(place), readText(join(folder, LOCK_FILE))];
  if (setup !== undefined && lock !== undefined) {
    writeFileSync(record, JSON.stringify({ setup, lock, at: Date.now() } satisfies Record));
  }
  return work();
}

/** Whether the data folder fits the stack's folder, which then gets the lock file if it has none. */
function isCurrent(place: InitPlace): boolean {
  const record = readRecord(place);
  if (record === undefined || record.setup !== setupOf(place)) return false;
  const age = Date.now() - record.at;
  if (!(age >= 0 && age < HOURS_UNTIL_REPEATED * 3_600_000)) return false;
  const file = join(place.folder, LOCK_FILE);
  const lock = readText(file);
  if (lock === undefined) writeFileSync(file, record.lock);
  return (lock ?? record.lock) === record.lock;
}

/** `undefined` if there is none, or one that another process is writing. */
function readRecord({ dataFolder }: InitPlace): Record | undefined {
  try {
    return JSON.parse(readText(join(dataFolder, RECORD)) ?? "") as Record;
  } catch {
    return undefined;
  }
}

/** What an init depends on; `undefined` with modules, whose sources may change. */
function setupOf({ terraform, folder, localEndpoint }: InitPlace): string | undefined {
  const {
    terraform: settings,
    provider = {},
    module,
  } = JSON.parse(readFileSync(join(folder, CONFIGURATION), "utf8")) as {
    readonly terraform?: unknown;
    readonly provider?: object;
    readonly module?: unknown;
  };
  if (module !== undefined) return undefined;
  const override = readText(join(folder, "override.tf.json"));
  const { version } = terraform;
  return canonicalJson({ settings, providers: Object.keys(provider), override, version, localEndpoint });
}

function readText(file: string): string | undefined {
  return existsSync(file) ? readFileSync(file, "utf8") : undefined;
}
