import { randomBytes } from "node:crypto";
import {
  chmodSync,
  chownSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import postgres from "postgres";
import { freePort } from "../../operations/free-port";
import { lastLines, run, start, type RunningProcess } from "../../operations/process";
import type { Authority } from "./authority";

export interface PostgresOptions {
  /** Folder of the program, see `postgresProgram`. */
  readonly program: string;
  /** Host name of the database on AWS. */
  readonly address: string;
  /** Database to create. @default none */
  readonly databaseName?: string;
  /** The master user. */
  readonly username: string;
  readonly password: string;
  readonly authority: Authority;
  /** Each line that the server logs. */
  readonly onLine: (line: string) => void;
}

/** As on RDS: the superuser is not the master user. */
const SUPERUSER = "rdsadmin";
/** PostgreSQL refuses to run as root, and as a user whom the machine does not know. */
const OTHER_USER = "nobody";
const READY_WITHIN_SECONDS = 60;

/** One PostgreSQL on loopback, with TLS only, as RDS sets it up. */
export class LocalPostgres {
  private server: RunningProcess | undefined;
  private readonly superuserPassword = randomBytes(24).toString("hex");
  private program: string;
  /** Who runs it instead of root. */
  private user: { readonly uid: number; readonly gid: number } | undefined;

  private constructor(
    private readonly options: PostgresOptions,
    private readonly folder: string,
    /** Port on 127.0.0.1. */
    readonly port: number,
  ) {
    this.program = options.program;
  }

  /** Sets a database up and starts it. @throws when that fails */
  static async create(options: PostgresOptions): Promise<LocalPostgres> {
    // Not in the folder of the local AWS, which another user may not enter.
    const folder = mkdtempSync(join(tmpdir(), "local-aws-postgres-"));
    const created = new LocalPostgres(options, folder, await freePort());
    process.once("exit", created.removeFolder); // a signal ends the process without remove()
    try {
      await created.setUp();
      return created;
    } catch (error) {
      await created.remove();
      throw error;
    }
  }

  /** Process id of the server while it runs. */
  get pid(): number | undefined {
    return this.server?.pid;
  }

  async start(): Promise<void> {
    if (this.server) return;
    const settings = {
      listen_addresses: "127.0.0.1",
      unix_socket_directories: "",
      ssl: "on",
      ssl_cert_file: join(this.folder, "tls", "certificate.pem"),
      ssl_key_file: join(this.folder, "tls", "key.pem"),
      fsync: "off", // nothing outlives the local AWS
    };
    const flags = Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
    const server = await start(this.bin("postgres"), {
      ...this.asUser,
      args: ["-D", join(this.folder, "data"), "-p", String(this.port), ...flags],
      role: "service",
      stopSignal: "SIGINT", // SIGTERM waits for the clients to go
      killAfterSeconds: 5,
      onLine: this.options.onLine,
    });
    this.server = server;
    void server.finished.then(() => {
      if (this.server === server) this.server = undefined;
    });
    const until = Date.now() + READY_WITHIN_SECONDS * 1000;
    for (;;) {
      try {
        return await this.query("SELECT 1");
      } catch (error) {
        if (this.server !== server) throw new Error("PostgreSQL ended while it started");
        if (Date.now() > until) throw error;
        await sleep(50);
      }
    }
  }

  async stop(): Promise<void> {
    await this.server?.stop();
  }

  setPassword(password: string): Promise<void> {
    return this.query(`ALTER ROLE ${name(this.options.username)} PASSWORD ${text(password)}`);
  }

  /** Stops the server and removes its files. */
  async remove(): Promise<void> {
    await this.stop();
    process.off("exit", this.removeFolder);
    this.removeFolder();
  }

  private readonly removeFolder = () => rmSync(this.folder, { recursive: true, force: true });

  private async setUp(): Promise<void> {
    const { address, authority, databaseName, username, password } = this.options;
    await authority.issue(["localhost", address], join(this.folder, "tls"));
    const passwordFile = join(this.folder, "password");
    writeFileSync(passwordFile, this.superuserPassword);
    mkdirSync(join(this.folder, "data"));
    if (process.getuid?.() === 0) {
      this.user = { uid: await idOf("-u"), gid: await idOf("-g") };
      // The cache folder may be one that only root may enter.
      cpSync(this.program, join(this.folder, "program"), { recursive: true, verbatimSymlinks: true });
      this.program = join(this.folder, "program");
      const owned = ["", "data", "password", "tls", ...readdirSync(join(this.folder, "tls")).map((file) => join("tls", file))]; // prettier-ignore
      for (const path of owned) chownSync(join(this.folder, path), this.user.uid, this.user.gid);
    }
    chmodSync(join(this.folder, "tls", "key.pem"), 0o600);
    const { exitCode, stdout, stderr } = await run(this.bin("initdb"), {
      ...this.asUser,
      args: [
        ...["-D", join(this.folder, "data"), "--username", SUPERUSER, "--pwfile", passwordFile],
        ...["--auth=scram-sha-256", "--encoding=UTF8", "--no-locale", "--no-sync"],
      ],
      timeoutSeconds: 120,
    });
    rmSync(passwordFile);
    if (exitCode !== 0) throw new Error(`initdb failed: ${lastLines(stdout + stderr, 5)}`);
    // As `rds.force_ssl` has it.
    writeFileSync(join(this.folder, "data", "pg_hba.conf"), "hostssl all all 127.0.0.1/32 scram-sha-256\n");
    await this.start();
    await this.query("CREATE ROLE rds_superuser");
    await this.query("CREATE ROLE rds_iam");
    await this.query("GRANT rds_iam TO rds_superuser WITH ADMIN OPTION");
    await this.query(
      `CREATE ROLE ${name(username)} LOGIN CREATEDB CREATEROLE PASSWORD ${text(password)} IN ROLE rds_superuser`,
    );
    if (databaseName !== undefined)
      await this.query(`CREATE DATABASE ${name(databaseName)} OWNER ${name(username)}`);
  }

  private async query(statement: string): Promise<void> {
    const sql = postgres({
      ...{ host: "localhost", port: this.port, database: "postgres", max: 1, connect_timeout: 5 },
      ...{ username: SUPERUSER, password: this.superuserPassword },
      ssl: { ca: readFileSync(this.options.authority.certificateFile) },
    });
    try {
      await sql.unsafe(statement);
    } finally {
      await sql.end({ timeout: 0 });
    }
  }

  private bin(command: string): string {
    return join(this.program, "bin", command);
  }

  private get asUser() {
    return { ...this.user, cwd: this.folder, env: { PATH: process.env.PATH, LC_ALL: "C", TZ: "UTC" } };
  }
}

/** Number of the other user (`-u`) or of their group (`-g`). */
async function idOf(which: "-u" | "-g"): Promise<number> {
  const { exitCode, stdout } = await run("id", { args: [which, OTHER_USER], env: process.env });
  if (exitCode !== 0) throw new Error(`PostgreSQL does not run as root, and there is no user ${OTHER_USER}`);
  return Number(stdout);
}

function name(identifier: string): string {
  return `"${identifier.replaceAll('"', '""')}"`;
}

function text(value: string): string {
  return `'${value.replaceAll("'", "''")}'`;
}
