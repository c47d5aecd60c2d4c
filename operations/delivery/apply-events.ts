/**
 * The events of `terraform apply -json` that this project reads, one per line.
 * https://developer.hashicorp.com/terraform/internals/machine-readable-ui
 */
export type ApplyEvent =
  | { readonly type: "start" | "complete" | "errored"; readonly address: string; readonly action: string }
  | { readonly type: "diagnostic"; readonly severity: "error" | "warning"; readonly text: string }
  | { readonly type: "other" };

interface RawEvent {
  readonly type?: string;
  readonly hook?: { readonly resource?: { readonly addr?: string }; readonly action?: string };
  readonly diagnostic?: RawDiagnostic;
}

interface RawDiagnostic {
  readonly severity?: string;
  readonly summary?: string;
  readonly detail?: string;
  readonly address?: string;
}

const TYPES = { apply_start: "start", apply_complete: "complete", apply_errored: "errored" } as const;

/** Reads a line. Text that is not an event, such as a warning of the runtime, is `other`. */
export function readEvent(line: string): ApplyEvent {
  let event: RawEvent | null;
  try {
    event = JSON.parse(line) as RawEvent | null;
  } catch {
    return { type: "other" };
  }
  const type = TYPES[event?.type as keyof typeof TYPES];
  if (type !== undefined) {
    return { type, address: event?.hook?.resource?.addr ?? "", action: event?.hook?.action ?? "" };
  }
  if (event?.type === "diagnostic" && event.diagnostic) {
    const { severity, summary = "", detail = "", address } = event.diagnostic;
    const text = [summary + (address ? ` (${address})` : ""), detail].filter(Boolean).join("\n");
    return { type: "diagnostic", severity: severity === "error" ? "error" : "warning", text };
  }
  return { type: "other" };
}
