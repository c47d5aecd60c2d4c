/** Requests of a steady load, by what came back: an HTTP status or the code of an error. */
interface Load {
  readonly answers: Readonly<Record<string, number>>;
  /** Ends the load; resolves when nothing is in flight. Twice is harmless. */
  stop(): Promise<{ readonly sent: number; readonly lost: number }>;
}

/** What became of the requests. */
export interface LoadResult {
  readonly sent: number;
  readonly lost: number;
  /** By HTTP status or code of an error. */
  readonly answers: Readonly<Record<string, number>>;
}

/** Sends GET requests at an even rate, each on a connection of its own or of the pool, whatever comes back. */
function startLoad(url: string, requestsPerSecond: number): Load {
  const answers: Record<string, number> = {};
  const inFlight = new Set<Promise<void>>();
  let sent = 0;
  const timer = setInterval(() => {
    sent++;
    const one = ask(url).then((answer) => {
      answers[answer] = (answers[answer] ?? 0) + 1;
      inFlight.delete(one);
    });
    inFlight.add(one);
  }, 1000 / requestsPerSecond);
  return {
    answers,
    stop: async () => {
      clearInterval(timer);
      await Promise.all(inFlight);
      return { sent, lost: sent - (answers["200"] ?? 0) };
    },
  };
}

/** Does something under load; the load ends with it. */
export async function underLoad(
  url: string,
  requestsPerSecond: number,
  work: () => Promise<void>,
): Promise<LoadResult> {
  const load = startLoad(url, requestsPerSecond);
  try {
    await work();
  } finally {
    await load.stop();
  }
  return { ...(await load.stop()), answers: load.answers };
}

async function ask(url: string): Promise<string> {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(20_000) });
    await answer.arrayBuffer();
    return String(answer.status);
  } catch (error) {
    const { cause, name } = error as Error & { cause?: { code?: string } };
    return cause?.code ?? name;
  }
}
