import { formatInstant } from "../../contract/registry";
import { formatDuration } from "../../contract/duration";
import { UserError } from "../../contract/user-error";
import type { PlannedCommit, PlanMeta } from "./artifact";
import { stalePlan } from "./terraform-faults";

/** What a saved plan has to be to be applied here and now. */
export interface PlanExpectation {
  readonly stack: string;
  readonly accountId: string;
  readonly region: string;
  readonly terraformVersion: string;
  /** `--digest`. */
  readonly digest?: string;
  /** `--commit`. */
  readonly commit?: string;
  /** Where the project stands; absent outside of git. */
  readonly head?: PlannedCommit;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/**
 * Refuses a saved plan that is not the one that was approved, or not for here and now.
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
      `The saved plan is one of ${meta.stack}, not of ${expected.stack}.`,
      `Nothing was applied. Name the folder of ${expected.stack}'s plan, or deploy ${meta.stack}.`,
    );
  }
  if (expected.digest !== undefined && !DIGEST.test(expected.digest)) {
    refuse(
      `--digest is "${expected.digest}"; it has to be whole: sha256: and 64 hex digits, as the last line of a plan has it.`,
      "Nothing was applied.",
    );
  }
  if (expected.digest !== undefined && meta.digest !== expected.digest) {
    refuse(
      `--digest is ${expected.digest}, but the saved plan has ${meta.digest}: it is not the plan that was approved.`,
      "Nothing was applied. Fetch the plan that was approved, or have this one approved.",
    );
  }
  if (meta.accountId !== expected.accountId || meta.region !== expected.region) {
    refuse(
      `The plan was made for account ${meta.accountId} in ${meta.region}; ${expected.stack} now belongs to ` +
        `${expected.accountId} in ${expected.region}.`,
    );
  }
  verifyCommit(meta, expected, refuse);
  const late = expected.now - Date.parse(meta.expiresAt);
  if (late > 0) {
    refuse(
      `The plan was made at ${meta.createdAt} and expired ${formatDuration(late)} ago, at ${meta.expiresAt}.`,
    );
  }
  const early = Date.parse(meta.createdAt) - expected.now;
  if (early > CLOCK_MS) {
    refuse(
      `The plan says that it was made at ${meta.createdAt}, which is yet to come.`,
      `Set the clock. ${again}`,
    );
  }
  if (meta.terraformVersion !== expected.terraformVersion) {
    refuse(
      `The plan was made by Terraform ${meta.terraformVersion}; here is ${expected.terraformVersion}, which cannot read it.`,
      `Nothing was applied. Use Terraform ${meta.terraformVersion} (TERRAFORM_BINARY_NAME names another program), or plan again.`,
    );
  }
}

const DIGEST = /^sha256:[0-9a-f]{64}$/;

/** By how much the clocks of two machines may differ. */
const CLOCK_MS = 5 * 60_000;

/** Fewer digits of a commit could be those of another one. */
const SHORTEST_SHA = 7;

function verifyCommit(
  { commit }: PlanMeta,
  { commit: given, head, stack }: PlanExpectation,
  refuse: (what: string, fix?: string) => void,
): void {
  const wanted = given ?? head?.sha;
  if (wanted === undefined) return;
  const source = given === undefined ? `the project stands at ${wanted}` : `--commit is ${wanted}`;
  if (given !== undefined && !/^[0-9a-f]{7,64}$/.test(given)) {
    refuse(
      `--commit is "${given}"; allowed are ${SHORTEST_SHA} to 64 hex digits of a commit.`,
      "Nothing was applied.",
    );
  }
  if (commit === undefined) {
    refuse(`The plan was made outside of git, but ${source}: nobody can tell whether they are the same.`);
  } else if (!commit.sha.startsWith(wanted)) {
    refuse(
      `The plan was made from commit ${commit.sha}, but ${source}.`,
      `Nothing was applied. Check out ${commit.sha.slice(0, 12)}, or plan again: automock plan ${stack}`,
    );
  } else if (commit.dirty && given !== undefined) {
    refuse(
      `--commit is ${given}, but the plan was made from it with uncommitted changes: it is not what the commit says.`,
      `Nothing was applied. Commit them, then plan again: automock plan ${stack}`,
    );
  }
}

export interface StateVersion {
  readonly lineage?: string;
  readonly serial?: number;
}

/**
 * Refuses a plan that was made against another state than there is now.
 *
 * @param changedAt when the state was last written, if that is known
 */
export function verifyState(meta: PlanMeta, state: StateVersion, changedAt?: Date): void {
  if (meta.lineage === state.lineage && meta.serial === state.serial) return;
  const since = changedAt === undefined ? "" : `, last written at ${formatInstant(changedAt.getTime())}`;
  if (state.lineage === undefined) {
    throw stalePlan(
      meta.stack,
      ` It was made against serial ${meta.serial}; now there is no state: the stack was removed.`,
    );
  }
  if (meta.lineage === undefined) {
    throw stalePlan(
      meta.stack,
      ` It was made when nothing was deployed; now there is a state (serial ${state.serial}${since}).`,
    );
  }
  if (meta.lineage !== state.lineage) {
    throw stalePlan(
      meta.stack,
      ` The stack was removed and deployed again${since}: the state's lineage is another.`,
    );
  }
  throw stalePlan(
    meta.stack,
    ` It was made against serial ${meta.serial}; the state has ${state.serial} now${since}.`,
  );
}
