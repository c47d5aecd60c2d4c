import { createHash, randomBytes } from "node:crypto";
import { join } from "node:path";
import { createClients } from "../../cleanup/aws/clients";
import { formatInstant, type TestRecord } from "../../contract/registry";
import { testRunId, TEST_SYSTEM, TEST_TTL_MINUTES, type TestRun } from "../../contract/test-run";
import type { TestEnvironment } from "../../environments/schema/test-environment-fields";
import { TestRunRegistry } from "../../registry/test-runs";
import type { Workspace } from "../workspace";
import { CallRecorder } from "./calls";
import { assumedRole, roleVariables } from "./credentials";
import { LocalJournal, type JournalHeader } from "./journal";
import type { RunWorld } from "./world";

const MINUTE_MS = 60_000;

/** A run with its world. */
export interface OpenRun extends RunWorld {
  readonly header: JournalHeader;
  readonly calls: CallRecorder;
  /** Variables with which the tests act in the role of the file. @default they act as the command does */
  readonly roleVariables?: () => Promise<NodeJS.ProcessEnv>;
}

/** What a person or a pipeline says about a run. */
export interface RunOptions {
  /** Equal texts give equal run ids. @default random */
  readonly key?: string;
  /** @default that of the file */
  readonly ttlMinutes?: number;
}

/** A new run of a spec; nothing is written or created yet. */
export function newRun(
  spec: TestEnvironment,
  options: RunOptions,
  env: NodeJS.ProcessEnv,
  now: number,
): JournalHeader {
  const { key, ttlMinutes = spec.ttlMinutes } = options;
  const seed =
    key === undefined ? randomBytes(8) : createHash("sha256").update(`${spec.name}\0${key}`).digest();
  const buildUrl = tagText(env.BUILD_URL ?? githubRun(env));
  const commit = tagText(env.GIT_COMMIT ?? env.GITHUB_SHA);
  const { name, owner, costCenter, accountId, region, role } = spec;
  return {
    run: testRunId(name, seed),
    spec: name,
    owner,
    costCenter,
    accountId,
    region,
    expiresAt: formatInstant(now + ttlMinutes * MINUTE_MS),
    ...(buildUrl !== undefined && { buildUrl }),
    ...(commit !== undefined && { commit }),
    ...(role && { role }),
  };
}

function githubRun({
  GITHUB_SERVER_URL,
  GITHUB_REPOSITORY,
  GITHUB_RUN_ID,
}: NodeJS.ProcessEnv): string | undefined {
  return GITHUB_RUN_ID && `${GITHUB_SERVER_URL}/${GITHUB_REPOSITORY}/actions/runs/${GITHUB_RUN_ID}`;
}

/** A text as every service accepts it in a tag. */
function tagText(text: string | undefined): string | undefined {
  return text === undefined || text === ""
    ? undefined
    : text.replace(/[^\p{L}\p{N} +\-=._:/@]/gu, "_").slice(0, 200);
}

/** What connecting a run needs of the project. */
export type OpenWorkspace = Pick<Workspace, "clientConfig" | "projectFolder" | "localEndpoint" | "progress">;

/** Connects a run to AWS, the registry and its journal. */
export function openRun(
  workspace: OpenWorkspace,
  header: JournalHeader,
  { recordsCalls = true }: { readonly recordsCalls?: boolean } = {},
): OpenRun {
  const { clientConfig, projectFolder, localEndpoint, progress } = workspace;
  const { accountId, region, role, run } = header;
  const journal = new LocalJournal(projectFolder, run);
  const calls = new CallRecorder(recordsCalls ? join(journal.folder, "calls.jsonl") : undefined);
  const config = clientConfig(region);
  const session = role && assumedRole(config, role, run);
  const clients = createClients({
    region,
    credentials: session ?? config.credentials,
    profile: config.profile,
    endpoint: config.endpoint,
    instrument: calls.instrument,
  });
  return {
    run: header,
    header,
    clients,
    registry: new TestRunRegistry(clients.dynamoDb, { accountId, region }),
    journal,
    projectFolder,
    localEndpoint,
    progress,
    now: () => Date.now(),
    calls,
    ...(session && { roleVariables: async () => roleVariables(await session()) }),
  };
}

/** The record of a new run. */
export function recordOf(run: TestRun, now: number): TestRecord {
  const expires = Date.parse(run.expiresAt);
  return {
    kind: "test",
    environment: run.run,
    system: TEST_SYSTEM,
    phase: "ACTIVE",
    owner: run.owner,
    accountId: run.accountId,
    region: run.region,
    ephemeral: true,
    createdAt: formatInstant(now),
    ttlMinutes: Math.round((expires - now) / MINUTE_MS),
    expiresAt: run.expiresAt,
    maxExpiresAt: formatInstant(Math.max(expires, now + TEST_TTL_MINUTES.max * MINUTE_MS)),
    protected: false,
    byo: [],
    token: 0,
    passes: 0,
    idlePasses: 0,
    deleted: {},
  };
}
