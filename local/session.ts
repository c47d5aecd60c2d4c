import { existsSync, mkdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { UserError } from "../contract/user-error";
import { isRunning } from "../operations/process";
import { writePrivateFile } from "../operations/private-file";
import { localClientConfig, withLocalAws, type LocalClientConfig } from "./environment";

/** Stands for the source address of a request to a local load balancer; the target never sees it. */
export const LOCAL_SOURCE_HEADER = "x-local-source-ip";

/** A local AWS that runs in another process: what it takes to reach it. The access key in `variables` is a secret. */
export interface LocalSession {
  readonly endpoint: string;
  readonly accountId: string;
  readonly region: string;
  /** Its process. Everything in it ends with that process. */
  readonly pid: number;
  /** Variables that a process adds to its environment to reach it. */
  readonly variables: Readonly<Record<string, string>>;
}

/** Environment variables with which terraform, cdktf and the AWS SDK reach a running local AWS. */
export function reachSession(base: NodeJS.ProcessEnv, { variables }: LocalSession): NodeJS.ProcessEnv {
  return withLocalAws(base, variables);
}

/** Settings of an SDK client for a running local AWS. */
export function sessionClientConfig({ variables }: LocalSession, region: string): LocalClientConfig {
  return localClientConfig(variables, region);
}

/**
 * Writes a note about a running local AWS into the project, for `automock --local`; only this user can read it. Returns a
 * function that deletes the note.
 */
export function announceSession(projectFolder: string, session: LocalSession): () => void {
  const file = sessionFile(projectFolder);
  mkdirSync(dirname(file), { recursive: true });
  writePrivateFile(file, `${JSON.stringify(session, null, 2)}\n`);
  const remove = () => rmSync(file, { force: true });
  process.once("exit", remove);
  return remove;
}

/**
 * The running local AWS of this project; `undefined` if there is none. A damaged note counts as none, because without
 * endpoint or variables calls would go to the real AWS.
 *
 * @throws UserError when it belongs to another user, who alone has its access key
 */
export function findSession(projectFolder: string): LocalSession | undefined {
  const file = sessionFile(projectFolder);
  if (!existsSync(file)) return undefined;
  const session = parse(readNote(file));
  return session && isRunning(session.pid) ? session : undefined;
}

function readNote(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EACCES") throw error;
    throw new UserError(
      `The local AWS of this project was started by another user (id ${statSync(file).uid}), who alone may use it.\n` +
        "Use a copy of the project of your own, for example another git clone, and run npm run local there.",
    );
  }
}

function sessionFile(projectFolder: string): string {
  return join(projectFolder, ".local-aws", "session.json");
}

function parse(text: string): LocalSession | undefined {
  let session: Partial<LocalSession> | null;
  try {
    session = JSON.parse(text) as Partial<LocalSession> | null;
  } catch {
    return undefined;
  }
  const { endpoint, accountId, region, pid, variables } = session ?? {};
  const isWhole =
    [endpoint, accountId, region].every((value) => typeof value === "string") &&
    Number.isInteger(pid) &&
    /^http:\/\/127\.0\.0\.1:\d+$/.test(endpoint!) &&
    variables?.AWS_ENDPOINT_URL === endpoint &&
    typeof variables?.AWS_ACCESS_KEY_ID === "string" &&
    typeof variables?.AWS_SECRET_ACCESS_KEY === "string";
  return isWhole ? (session as LocalSession) : undefined;
}
