import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, readFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "../../contract/user-error";
import { explainFileError } from "../file-errors";
import type { JournalEntry, TestRun } from "../../contract/test-run";

/** Folder of the runs of a project, relative to it. */
const RUNS_FOLDER = join(".automock", "test-environments");

/** The first line of a run's journal: what `down` needs without the spec. */
export interface JournalHeader extends TestRun {
  readonly spec: string;
  readonly role?: { readonly arn: string; readonly externalId?: string };
}

export interface LocalJournalContent {
  readonly header: JournalHeader;
  /** The last line of each node. */
  readonly entries: readonly JournalEntry[];
  /** Nothing of the run is left. */
  readonly closed: boolean;
}

/**
 * The journal of a run on this machine, JSON lines in `.automock/test-environments/<run>/journal.jsonl`. Every line is
 * on the disk when `append` returns.
 */
export class LocalJournal {
  readonly folder: string;
  readonly file: string;

  constructor(projectFolder: string, run: string) {
    this.folder = join(projectFolder, RUNS_FOLDER, run);
    this.file = join(this.folder, "journal.jsonl");
  }

  /** Writes the first line, unless the journal exists. */
  open(header: JournalHeader): void {
    explaining(this.folder, () => mkdirSync(this.folder, { recursive: true }));
    if (!existsSync(this.file)) this.write({ header });
  }

  append(entry: JournalEntry): void {
    this.write({ entry });
  }

  /** Notes that nothing is left. */
  close(): void {
    if (existsSync(this.file)) this.write({ closed: true });
  }

  /** What was written. A last line that a crash cut short is ignored: nothing was done after it. */
  read(): LocalJournalContent | undefined {
    if (!existsSync(this.file)) return undefined;
    let header: JournalHeader | undefined;
    let closed = false;
    const entries = new Map<string, JournalEntry>();
    for (const line of readFileSync(this.file, "utf8").split("\n")) {
      const value = parsed(line);
      if (value?.header) header = value.header;
      if (value?.entry) {
        entries.set(value.entry.node, value.entry);
        closed = false;
      }
      if (value?.closed) closed = true;
    }
    return header && { header, entries: [...entries.values()], closed };
  }

  private write(value: object): void {
    explaining(this.file, () => {
      const descriptor = openSync(this.file, "a", 0o600);
      try {
        writeSync(descriptor, `${JSON.stringify(value)}\n`);
        fsyncSync(descriptor);
      } finally {
        closeSync(descriptor);
      }
    });
  }
}

/** @throws UserError that names the path, which a write to a full disk does not, and says what to do */
function explaining(path: string, work: () => void): void {
  try {
    work();
  } catch (error) {
    const explained = explainFileError(Object.assign(error as NodeJS.ErrnoException, { path }));
    throw explained === undefined ? error : new UserError(explained, { cause: error });
  }
}

interface Line {
  readonly header?: JournalHeader;
  readonly entry?: JournalEntry;
  readonly closed?: true;
}

function parsed(line: string): Line | undefined {
  try {
    return JSON.parse(line) as Line;
  } catch {
    return undefined;
  }
}
