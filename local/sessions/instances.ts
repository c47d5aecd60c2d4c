import { execFile } from "node:child_process";
import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { randomBytes } from "node:crypto";
import type { LocalClock } from "../clock";

/** What an instance needs to know about itself, and can do to itself. */
export interface Machine {
  readonly id: string;
  readonly userData: string;
  /** Its tags; `undefined` if its metadata does not show them. */
  readonly tags: () => Promise<ReadonlyMap<string, string> | undefined>;
  /** Called when it shuts down. */
  readonly shutDown: () => Promise<void>;
}

interface Running extends Machine {
  readonly folder: string;
  readonly bootedAt: number;
  nextCheckAt: number;
  /** When its timer shuts it down. */
  stopAt?: number;
}

export interface InstancesOptions {
  /** Folder with one folder for each instance. */
  readonly folder: string;
  readonly clock: LocalClock;
}

/** The timer of admin boxes: modules/admin-box/scripts/user-data.sh. */
const FIRST_CHECK_MS = 30_000;
const CHECK_MS = 60_000;
const CHECK = "automock-admin-check";
/** Folders of a machine that user data writes to; here they are below the folder of the instance. */
const SYSTEM_FOLDERS = ["/usr/local/sbin", "/etc/systemd/system"];

/**
 * What runs on admin boxes by itself: their user data, and from then on the check that it installs, each minute. They
 * ask an instance metadata service (version 2 alone), and shut down by a stand-in of `shutdown`. User data of other
 * instances does not run: it is meant for a machine of its own.
 */
export class Instances {
  /** What works on the boxes; a test may take it away. */
  readonly works = { check: true, timer: true };
  private readonly running = new Map<string, Running>();
  private readonly tokens = new Set<string>();
  private metadata: Promise<Server> | undefined;

  constructor(private readonly options: InstancesOptions) {
    options.clock.watch((now) => this.look(now));
  }

  async boot(machine: Machine): Promise<void> {
    if (!machine.userData.includes(CHECK)) return;
    const folder = join(this.options.folder, machine.id, "machine");
    const now = this.options.clock.now();
    for (const each of ["bin", ...SYSTEM_FOLDERS]) mkdirSync(join(folder, each), { recursive: true });
    for (const [name, line] of [
      ["shutdown", `printf '%s\\n' "$*" >>'${join(folder, "shutdown")}'`],
      ["systemctl", "exit 0"],
      ["logger", "exit 0"],
    ] as const) {
      writeFileSync(join(folder, "bin", name), `#!/bin/sh\n${line}\n`);
      chmodSync(join(folder, "bin", name), 0o755);
    }
    const box: Running = { ...machine, folder, bootedAt: now, nextCheckAt: now + FIRST_CHECK_MS };
    const script = SYSTEM_FOLDERS.reduce(
      (text, each) => text.replaceAll(`${each}/`, `${join(folder, each)}/`),
      machine.userData,
    );
    this.running.set(machine.id, box);
    await this.execute(box, ["-c", script], now);
  }

  /** The instance is gone. */
  forget(id: string): void {
    const box = this.running.get(id);
    this.running.delete(id);
    if (box) rmSync(box.folder, { recursive: true, force: true });
  }

  async stop(): Promise<void> {
    for (const id of [...this.running.keys()]) this.forget(id);
    const server = await this.metadata;
    server?.closeAllConnections();
    await new Promise<void>((resolve) => (server ? server.close(() => resolve()) : resolve()));
  }

  private async look(now: number): Promise<void> {
    for (const box of [...this.running.values()]) {
      if (this.works.check && now >= box.nextCheckAt) {
        box.nextCheckAt = now + CHECK_MS;
        await this.execute(box, [join(box.folder, "/usr/local/sbin", CHECK)], now);
      }
      if (this.works.timer && box.stopAt !== undefined && now >= box.stopAt) await this.end(box);
    }
  }

  private async execute(box: Running, args: readonly string[], now: number): Promise<void> {
    const env = {
      PATH: `${join(box.folder, "bin")}:${process.env.PATH ?? ""}`,
      METADATA: `http://127.0.0.1:${await this.metadataPort()}/${box.id}`,
      STATE: join(box.folder, "state"),
      NOW: seconds(now),
      BOOT: seconds(box.bootedAt),
    };
    await new Promise<void>((resolve) => execFile("bash", args, { env, timeout: 50_000 }, () => resolve()));
    const asked = lastLine(join(box.folder, "shutdown"));
    if (asked === undefined) return;
    const minutes = /^-P \+(\d+)$/.exec(asked)?.[1];
    if (minutes === undefined) await this.end(box);
    else box.stopAt = now + Number(minutes) * 60_000;
  }

  private async end(box: Running): Promise<void> {
    if (!this.running.has(box.id)) return;
    this.forget(box.id);
    await box.shutDown();
  }

  private async metadataPort(): Promise<number> {
    this.metadata ??= new Promise((resolve) => {
      const server = createServer((request, response) => {
        void this.answer(request.method, request.url ?? "", request.headers).then(([status, body]) => {
          response.statusCode = status;
          response.end(body);
        });
      }).listen(0, "127.0.0.1", () => resolve(server));
      server.unref();
    });
    return ((await this.metadata).address() as AddressInfo).port;
  }

  /** https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-data-retrieval.html */
  private async answer(
    method: string | undefined,
    url: string,
    headers: NodeJS.Dict<string | string[]>,
  ): Promise<[number, string]> {
    const [, id = "", path = ""] = /^\/(i-\w+)\/(.*)$/.exec(url) ?? [];
    const box = this.running.get(id);
    if (!box) return [404, ""];
    if (method === "PUT" && path === "latest/api/token") {
      if (headers["x-aws-ec2-metadata-token-ttl-seconds"] === undefined) return [400, ""];
      const token = randomBytes(24).toString("base64url");
      this.tokens.add(token);
      return [200, token];
    }
    if (!this.tokens.has(String(headers["x-aws-ec2-metadata-token"]))) return [401, ""];
    if (path === "latest/meta-data/instance-id") return [200, id];
    const key = /^latest\/meta-data\/tags\/instance\/(.+)$/.exec(path)?.[1];
    const value = key === undefined ? undefined : (await box.tags())?.get(decodeURIComponent(key));
    return value === undefined ? [404, ""] : [200, value];
  }
}

function seconds(milliseconds: number): string {
  return String(Math.floor(milliseconds / 1000));
}

function lastLine(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8").trim().split("\n").at(-1);
  } catch {
    return undefined;
  }
}
