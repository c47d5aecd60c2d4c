import type { Construct } from "constructs";
import type { Names } from "../../contract/names";
import { pipelineTrust, type PipelineTrust } from "../iam/pipeline-trust";
import { Role } from "../iam/role";
import { runStatements } from "./run-rights";

/** AWS allows no less here, and no more when the role is assumed from another role. */
const MAX_SESSION_SECONDS = 3600;

export interface RunRoleProps {
  /** Names of the bootstrap stack. */
  readonly names: Names;
  /** Last part of the role's name, for example `jenkins`. */
  readonly pipeline: string;
  /** Who assumes the role. */
  readonly trust: PipelineTrust;
  /** Name of the file in environments/test that it runs. */
  readonly spec: string;
}

/**
 * The role with which a pipeline runs `automock test-env`: creates what carries the tags of its runs, with names
 * `test-<spec>-…`, uses and deletes it, and keeps its records in the registry. Roles only with the boundary of test
 * functions, passed only to Lambda.
 *
 * Not narrower, because AWS has no condition for it: a bucket may be created without tags, under its runs' names.
 *
 * Session: at most 60 minutes.
 *
 * @throws Error naming every malformed part of the trust
 */
export class RunRole extends Role {
  constructor(scope: Construct, id: string, { names, pipeline, trust, spec }: RunRoleProps) {
    super(scope, id, {
      names,
      purpose: `test-env-${pipeline}`,
      description: `Runs the test environments of ${spec}`,
      trust: pipelineTrust(trust, names),
      maxSessionDuration: MAX_SESSION_SECONDS,
      policies: runStatements(names, spec),
    });
  }
}
