import type { Trail } from "../../../cleanup/engine/ports";
import type { TrailEntry } from "../../../contract/deletion";
import type { Instant } from "../../../cleanup/engine/time";
import type { AuditLine, Ports } from "./ports";

/**
 * Writes the numbered audit lines of one pass. Every line is logged at once; a noted line reaches the table with the
 * next write or flush. A line that cannot be stored stops the pass.
 */
export class AuditLog implements Trail {
  private seq = 0;
  private token: number | undefined;
  private noted: AuditLine[] = [];

  constructor(
    private readonly ports: Pick<Ports, "audit" | "clock">,
    private readonly pass: { environment: string; passId: string; actor: string; dryRun: boolean },
  ) {}

  public withToken(token: number): void {
    this.token = token;
  }

  /** One of many lines: a write to the table for each would take longer than the work that they describe. */
  public note(entry: TrailEntry, at: Instant = this.ports.clock.now()): void {
    this.seq += 1;
    const line = { at, seq: this.seq, token: this.token, ...this.pass, ...entry };
    this.ports.audit.say(line);
    this.noted.push(line);
  }

  public async flush(): Promise<void> {
    const lines = this.noted;
    if (lines.length === 0) return;
    this.noted = [];
    await this.ports.audit.keep(lines);
  }

  public async write(entry: TrailEntry): Promise<void> {
    this.note(entry);
    await this.flush();
  }
}
