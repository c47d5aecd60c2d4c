import { formatInstant } from "../../contract/registry";
import { formatDuration } from "../../contract/duration";
import { UserError } from "../../contract/user-error";
import type { PlannedCommit, PlanMeta } from "./artifact";
import type { State } from "./state";
import { stalePlan } from "./terraform-faults";

/** What a saved plan must match before it is applied. */
export interface PlanExpectation {
  readonly stack: string;
  readonly accountId: string;
  readonly region: string;
  readonly terraformVersion: string;
  /** `--digest`. */
  readonly digest?: string;
  /** `--commit`. */
  readonly commit?: string;
  /** The project's current commit; absent outside a repository. */
  readonly head?: PlannedCommit;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/**
 * Refuses a saved plan that is not the approved one, is for another stack, account or version, or has expired.
 *
 * @throws UserError with what was given, what is allowed and the fix
 */
export function verifyPlan(meta: PlanMeta, expected: PlanExpectation): void {
  const again = `Nothing was applied. Plan again: automock plan ${expected.stack}`;
  const refuse = (what: string, fix = again) => {
    throw new UserError(`${what}\n${fix}`);
  };
  if (meta.stack !== expected.stack) {
    refuse(
      `The saved plan is for ${meta.stack}, not for ${expected.stack}.`,
      `Nothing was applied. Name the folder of ${expected.stack}'s plan, or deploy ${meta.stack}.`,
    );
  }
  if (expected.digest !== undefined && !DIGEST.test(expected.digest)) {
    refuse(
      `--digest is "${expected.digest}"; use the complete digest, sha256: and 64 hex digits, from the last line of the plan.`,
      "Nothing was applied.",
    );
  }
  if (expected.digest !== undefined && meta.digest !== expected.digest) {
    refuse(
      `--digest is ${expected.digest}, but the saved plan has ${meta.digest}: it is not the approved plan.`,
      "Nothing was applied. Download the approved plan, or get this one approved.",
    );
  }
  if (meta.accountId !== expected.accountId || meta.region !== expected.region) {
    refuse(
      `The plan was created for account ${meta.accountId} in ${meta.region}; ${expected.stack} now belongs to ` +
        `${expected.accountId} in ${expected.region}.`,
    );
  }
  verifyCommit(meta, expected, refuse);
  const late = expected.now - Date.parse(meta.expiresAt);
  if (late > 0) {
    refuse(
      `The plan was created at ${meta.createdAt} and expired ${formatDuration(late)} ago, at ${meta.expiresAt}.`,
    );
  }
  const early = Date.parse(meta.createdAt) - expected.now;
  if (early > CLOCK_MS) {
    refuse(
      `The creation time of the plan, ${meta.createdAt}, is in the future.`,
      `Correct the clock. ${again}`,
    );
  }
  if (meta.terraformVersion !== expected.terraformVersion) {
    refuse(
      `The plan was created by Terraform ${meta.terraformVersion}; the installed version is ${expected.terraformVersion}, which cannot read it.`,
      `Nothing was applied. Use Terraform ${meta.terraformVersion} (TERRAFORM_BINARY_NAME sets another binary), or plan again.`,
    );
  }
}

const DIGEST = /^sha256:[0-9a-f]{64}$/;

/** Tolerated difference between the clocks of two machines. */
const CLOCK_MS = 5 * 60_000;

/** A shorter id could be ambiguous. */
const MIN_SHA_LENGTH = 7;

function verifyCommit(
  { commit }: PlanMeta,
  { commit: given, head, stack }: PlanExpectation,
  refuse: (what: string, fix?: string) => void,
): void {
  const wanted = given ?? head?.sha;
  if (wanted === undefined) return;
  const source = given === undefined ? `the current commit is ${wanted}` : `--commit is ${wanted}`;
  if (given !== undefined && !/^[0-9a-f]{7,64}$/.test(given)) {
    refuse(
      `--commit is "${given}"; use ${MIN_SHA_LENGTH} to 64 hex digits of a commit.`,
      "Nothing was applied.",
    );
  }
  if (commit === undefined) {
    refuse(`The plan was created outside a Git repository, but ${source}: there is no way to compare them.`);
  } else if (!commit.sha.startsWith(wanted)) {
    refuse(
      `The plan was created from commit ${commit.sha}, but ${source}.`,
      `Nothing was applied. Check out ${commit.sha.slice(0, 12)}, or plan again: automock plan ${stack}`,
    );
  } else if (commit.dirty && given !== undefined) {
    refuse(
      `--commit is ${given}, but the plan was created with uncommitted changes on top of it, so it does not match the commit.`,
      `Nothing was applied. Commit the changes, then plan again: automock plan ${stack}`,
    );
  }
}

/**
 * Refuses a plan that was created for another state than the current one.
 *
 * @param state the current one; `undefined` if there is none
 */
export function verifyState(
  meta: PlanMeta,
  state: Pick<State, "lineage" | "serial" | "writtenAt"> | undefined,
): void {
  if (meta.lineage === state?.lineage && meta.serial === state?.serial) return;
  if (state === undefined) {
    throw stalePlan(
      meta.stack,
      ` It was created for serial ${meta.serial}; now there is no state: the stack was destroyed.`,
    );
  }
  const since =
    state.writtenAt === undefined ? "" : `, last written at ${formatInstant(state.writtenAt.getTime())}`;
  if (meta.lineage === undefined) {
    throw stalePlan(
      meta.stack,
      ` It was created when nothing was deployed; now there is a state (serial ${state.serial}${since}).`,
    );
  }
  if (meta.lineage !== state.lineage) {
    throw stalePlan(
      meta.stack,
      ` The stack was destroyed and deployed again${since}: the state has another lineage.`,
    );
  }
  throw stalePlan(
    meta.stack,
    ` It was created for serial ${meta.serial}; the state now has serial ${state.serial}${since}.`,
  );
}
