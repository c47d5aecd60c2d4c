import { classify } from "../engine/classify";

/** Name of an AWS error in the SDK. */
export function errorName(error: unknown): string {
  return error instanceof Error ? error.name : "Error";
}

export function isNotFound(error: unknown): boolean {
  return classify(error).kind === "gone";
}

export function isDenied(error: unknown): boolean {
  return classify(error).kind === "denied";
}

/** The answer, or `undefined` if AWS says that the resource does not exist. */
export async function unlessNotFound<T>(call: () => Promise<T>): Promise<T | undefined> {
  try {
    return await call();
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

/** An answer of 200 whose body reports a partial failure, treated as if AWS had answered with that error. */
export class PartialFailure extends Error {
  constructor(name: string, message: string) {
    super(message);
    this.name = name;
  }
}
