import { classify } from "../engine/classify";

/** Name of an AWS error, as the SDK gives it. */
export function errorName(error: unknown): string {
  return error instanceof Error ? error.name : "Error";
}

export function isNotFound(error: unknown): boolean {
  return classify(error).kind === "gone";
}

export function isDenied(error: unknown): boolean {
  return classify(error).kind === "denied";
}

/** The answer, or `undefined` when AWS says there is no such thing. */
export async function unlessNotFound<T>(call: () => Promise<T>): Promise<T | undefined> {
  try {
    return await call();
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

/** An answer of 200 that says that a part of the request failed: as if AWS had answered with that error. */
export class PartialFailure extends Error {
  constructor(name: string, message: string) {
    super(message);
    this.name = name;
  }
}
