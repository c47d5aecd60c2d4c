/** Progress of a run of several steps: one line per step with the time it took. */
export interface Steps {
  /** Runs a step. A text that it returns is shown after its name. */
  step<T>(name: string, work: () => Promise<T> | T): Promise<T>;
  /** A line below the step. */
  detail(line: string): void;
}

/**
 * @param write receives one line at a time
 * @param clock milliseconds that only grow
 */
export function steps(write: (line: string) => void, clock: () => number): Steps {
  const begin = clock();
  const since = (from: number) => `${((clock() - from) / 1000).toFixed(1).padStart(6)} s`;
  return {
    async step(name, work) {
      const started = clock();
      write(`[${since(begin)}] ${name} …`);
      try {
        const result = await work();
        write(`[${since(begin)}] ${name}: done in ${since(started).trim()}`);
        return result;
      } catch (error) {
        write(`[${since(begin)}] ${name}: FAILED after ${since(started).trim()}`);
        throw error;
      }
    },
    detail: (line) => write(`${" ".repeat(11)}${line}`),
  };
}
