import type { AuditLine, Instant, Ports } from "./ports";

type Entry = Omit<AuditLine, "at" | "seq" | "environment" | "passId" | "actor" | "dryRun" | "token">;

/** Writes the audit lines of one pass, numbered. A line that cannot be written stops the pass. */
export class AuditLog {
  private seq = 0;
  private token: number | undefined;

  constructor(
    private readonly ports: Pick<Ports, "audit" | "clock">,
    private readonly pass: { environment: string; passId: string; actor: string; dryRun: boolean },
  ) {}

  public withToken(token: number): void {
    this.token = token;
  }

  public async write(entry: Entry, at: Instant = this.ports.clock.now()): Promise<void> {
    this.seq += 1;
    await this.ports.audit.write({ at, seq: this.seq, token: this.token, ...this.pass, ...entry });
  }
}
