import { formatDuration } from "../../contract/duration";
import type { NameOf } from "../review/construct-names";
import type { ApplyEvent } from "./apply-events";

/** The part of a stream that shows progress. */
export interface ProgressStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

export interface ApplyProgressOptions {
  readonly stream: ProgressStream;
  /** Number of operations in the plan; a replacement is two. */
  readonly total: number;
  readonly nameOf: NameOf;
  /** Milliseconds. */
  readonly now: () => number;
}

interface Running {
  readonly address: string;
  readonly action: string;
  readonly since: number;
}

const DOING: Readonly<Record<string, string>> = {
  create: "creating",
  update: "changing",
  delete: "deleting",
  read: "reading",
};
const DONE: Readonly<Record<string, string>> = { create: "created", update: "changed", delete: "deleted" };

const HEARTBEAT_SECONDS = 30;

/**
 * Shows the progress of an apply: a line for each finished resource. On a terminal, the last line shows the running
 * operations; otherwise a status line appears every 30 seconds.
 */
export class ApplyProgress {
  /** Finished operations. */
  public done = 0;
  /** Whether terraform was asked to stop. An operation that it then aborts has not failed. */
  public interrupted = false;
  public readonly errors: string[] = [];
  private readonly running = new Map<string, Running>();
  private readonly started: number;
  private lastWrite: number;
  private footer = false;

  constructor(private readonly options: ApplyProgressOptions) {
    this.started = this.lastWrite = options.now();
  }

  public get seconds(): number {
    return (this.options.now() - this.started) / 1000;
  }

  public on(event: ApplyEvent): void {
    if (event.type === "diagnostic") {
      // Errors are shown together at the end. The warning about the lock table is expected (docs/adr/0003).
      if (event.severity === "error") this.errors.push(event.text);
      else if (!event.text.includes('"dynamodb_table"')) this.line(`Warning: ${event.text}`);
      return;
    }
    if (event.type === "other" || event.action === "read") return;
    const { address, action } = event;
    if (event.type === "start") {
      this.running.set(address, { address, action, since: this.options.now() });
      return this.tick();
    }
    const since = this.running.get(address)?.since ?? this.options.now();
    this.running.delete(address);
    if (event.type === "complete") this.done++;
    const what =
      event.type === "complete" ? (DONE[action] ?? action) : this.interrupted ? "stopped" : "FAILED";
    const took = formatDuration(this.options.now() - since);
    this.line(`${this.count()}  ${what.padEnd(7)}  ${this.title(address)}  ${took}`);
  }

  /** Call this every second. */
  public tick(): void {
    if (this.options.stream.isTTY) return this.drawFooter();
    if (this.options.now() - this.lastWrite >= HEARTBEAT_SECONDS * 1000) this.line(this.status());
  }

  /** Writes a line above the footer. */
  public line(text: string): void {
    this.eraseFooter();
    this.options.stream.write(`${text}\n`);
    this.lastWrite = this.options.now();
    if (this.options.stream.isTTY) this.drawFooter();
  }

  /** Erases the footer. */
  public end(): void {
    this.eraseFooter();
  }

  private status(): string {
    const running = [...this.running.values()].sort((a, b) => a.since - b.since);
    const [oldest] = running;
    const head = `${this.count().trim()} · ${formatDuration(this.options.now() - this.started)}`;
    if (!oldest) return head;
    const { action, address, since } = oldest;
    const others = running.length > 1 ? ` and ${running.length - 1} more` : "";
    const elapsed = formatDuration(this.options.now() - since);
    return `${head} · ${DOING[action] ?? action} ${this.title(address)} (${elapsed})${others}`;
  }

  private count(): string {
    const width = String(this.options.total).length;
    return `${String(this.done).padStart(width)}/${this.options.total}`;
  }

  private title(address: string): string {
    return `${this.options.nameOf(address)} (${address.split(".")[0]})`;
  }

  private drawFooter(): void {
    const text = this.status();
    const columns = this.options.stream.columns ?? 80;
    this.eraseFooter();
    this.options.stream.write(text.length < columns ? text : `${text.slice(0, columns - 2)}…`);
    this.footer = true;
  }

  private eraseFooter(): void {
    if (this.footer) this.options.stream.write("\r\u001b[2K");
    this.footer = false;
  }
}
