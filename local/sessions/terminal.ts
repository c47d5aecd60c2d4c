import { spawn, type ChildProcess } from "node:child_process";
import type { Socket } from "node:net";
import { killGroup } from "../../operations/process";

export interface TerminalOptions {
  /** Line of sh, which ends with the shell. */
  readonly command: string;
  readonly env: NodeJS.ProcessEnv;
  readonly cwd: string;
  /** That the shell begins with; `resize` changes it some time later. */
  readonly size?: TerminalSize;
  readonly onOutput: (data: Buffer) => void;
  /** Called once, with the exit code of the shell; `undefined` if it was killed or could not start. */
  readonly onEnd: (exitCode: number | undefined) => void;
}

export interface TerminalSize {
  readonly cols: number;
  readonly rows: number;
}

/** A shell in a pseudo terminal. `script` gives it the terminal, whose name comes on file descriptor 3. */
export class Terminal {
  private readonly child: ChildProcess;
  private name = "";
  private size: TerminalSize | undefined;

  constructor({ command, env, cwd, size, onOutput, onEnd }: TerminalOptions) {
    const begin = size ? `stty ${settings(size).join(" ")}; ` : "";
    const line = `${begin}tty >&3; exec 3>&-; ${command}`;
    const args =
      process.platform === "darwin" ? ["-q", "/dev/null", "sh", "-c", line] : ["-qfec", line, "/dev/null"];
    const stdio = ["pipe", "pipe", "pipe", "pipe"] as const;
    const child = spawn("script", args, { env, cwd, stdio: [...stdio], detached: true });
    this.child = child;
    child.stdin!.on("error", () => undefined); // it has ended: "close" follows
    child.stdout!.on("data", onOutput);
    child.stderr!.on("data", onOutput);
    (child.stdio[3] as Socket).on("data", (data: Buffer) => {
      this.name += data.toString("utf8");
      if (this.name.endsWith("\n")) this.applySize();
    });
    child.once("error", (error) => onOutput(Buffer.from(`${error.message}\r\n`)));
    child.once("close", (code) => onEnd(code ?? undefined));
  }

  write(data: Buffer): void {
    this.child.stdin!.write(data);
  }

  resize(size: TerminalSize): void {
    this.size = size;
    this.applySize();
  }

  kill(): void {
    if (this.child.pid !== undefined) killGroup(this.child.pid);
  }

  private applySize(): void {
    const name = this.name.trim();
    if (!name.startsWith("/dev/") || !this.size) return;
    const flag = process.platform === "darwin" ? "-f" : "-F";
    spawn("stty", [flag, name, ...settings(this.size)], { stdio: "ignore" }).on("error", () => undefined);
  }
}

function settings({ rows, cols }: TerminalSize): string[] {
  return ["rows", String(rows), "cols", String(cols)];
}
