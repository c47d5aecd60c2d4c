import { counted } from "../../contract/text";

/** What the Task API must answer before a deployment counts as successful. The checks only read, so they are safe in production. */

interface SmokeCheck {
  readonly path: string;
  /** What is wrong with the body; `undefined` if it is correct. */
  readonly fault: (body: unknown) => string | undefined;
}

/** `/health` checks the task itself; `/tasks` also checks its dependencies. */
export const SMOKE_CHECKS: readonly SmokeCheck[] = [
  {
    path: "/health",
    fault: (body) =>
      (body as { status?: unknown } | null)?.status === "healthy"
        ? undefined
        : `the body is ${JSON.stringify(body)}, expected "status": "healthy"`,
  },
  { path: "/tasks", fault: () => undefined },
];

export interface SmokeOptions {
  /** URL of the API, for example `https://tasks.example.com`. A path is kept. */
  readonly url: string;
  /** Attempts per check, at least 1. */
  readonly attempts: number;
  /** Milliseconds between attempts. */
  readonly pauseMs: number;
  /** Timeout of a request in milliseconds. */
  readonly timeoutMs: number;
  readonly log: (line: string) => void;
}

/**
 * Runs every check, with up to `attempts` attempts, and logs one line per check.
 *
 * @returns whether all passed
 * @throws Error when the URL is not valid for an API
 */
export async function smoke(options: SmokeOptions): Promise<boolean> {
  const base = baseUrl(options.url);
  let passed = true;
  for (const check of SMOKE_CHECKS) {
    const fault = await lastFault(base, check, options);
    passed &&= fault === undefined;
    options.log(
      `${fault === undefined ? "ok    " : "FAILED"} GET ${base}${check.path}${fault ? `: ${fault}` : ""}`,
    );
  }
  return passed;
}

/** The URL without trailing slashes. */
export function baseUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const faults = [
    ...(url?.protocol === "http:" || url?.protocol === "https:"
      ? []
      : ["it must start with http:// or https://"]),
    ...(url?.username || url?.password
      ? ["it must not contain a user or password, because pipelines print it"]
      : []),
    ...(url?.search || url?.hash ? ["it must not contain ? or #"] : []),
  ];
  if (faults.length > 0) {
    const shown = url?.password ? text.replace(url.password, "***") : text;
    throw new Error(`"${shown}" is not the URL of an API: ${faults.join(", ")}.`);
  }
  return text.replace(/\/+$/, "");
}

async function lastFault(
  base: string,
  check: SmokeCheck,
  options: SmokeOptions,
): Promise<string | undefined> {
  let fault: string | undefined;
  for (let attempt = 1; attempt <= options.attempts; attempt += 1) {
    if (attempt > 1) await new Promise((resolve) => setTimeout(resolve, options.pauseMs));
    fault = await faultOf(`${base}${check.path}`, check, options.timeoutMs);
    if (fault === undefined) return undefined;
  }
  return `${fault} (${counted(options.attempts, "attempt")})`;
}

async function faultOf(url: string, check: SmokeCheck, timeoutMs: number): Promise<string | undefined> {
  try {
    // Following a redirect would hide that users have another URL.
    const answer = await fetch(url, { redirect: "manual", signal: AbortSignal.timeout(timeoutMs) });
    if (answer.status !== 200) {
      const target = answer.headers.get("location");
      await answer.body?.cancel();
      return `status ${answer.status}${target ? ` to ${target}` : ""}, expected 200`;
    }
    const text = await answer.text();
    try {
      return check.fault(JSON.parse(text));
    } catch {
      return `the body is not JSON: ${JSON.stringify(text.slice(0, 80))}`;
    }
  } catch (error) {
    const { name, message, cause } = error as Error & { cause?: Error };
    return name === "TimeoutError" ? `no answer within ${timeoutMs} ms` : cause?.message || message;
  }
}
