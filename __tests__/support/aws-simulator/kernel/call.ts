import type { World } from "../world/world";
import type { VirtualClock } from "./clock";
import type { Random } from "./random";

/** Who calls: decided by the credentials of the client. */
export interface Principal {
  readonly arn: string;
  /** Session tags, `aws:PrincipalTag/<key>` in a policy. */
  readonly tags: Readonly<Record<string, string>>;
  /** The session's own policy, which bounds its rights. @default none */
  readonly policy?: string;
}

/** One permission a call needs, as the Service Authorization Reference lists it. */
export interface Need {
  readonly action: string;
  readonly resource: string;
  /** `aws:ResourceTag/<key>`; absent for a resource that has no tags in its authorization context. */
  readonly tags?: Readonly<Record<string, string>>;
  readonly context?: Readonly<Record<string, string | readonly string[]>>;
}

export interface Call {
  readonly world: World;
  readonly clock: VirtualClock;
  readonly random: Random;
  readonly principal: Principal;
  readonly now: number;
  /** Probability that a part of a batch fails inside a 200 answer. */
  readonly partialFailure: number;
}

/** What AWS does with one command. `run` is atomic: the world changes in one instant or not at all. */
export interface Operation {
  needs(input: object, world: World): readonly Need[];
  run(input: object, call: Call): object;
}

export type Operations = Readonly<Record<string, Operation>>;

/**
 * @param needs permissions; a function of the input, because they name the resource
 * @param run returns what the SDK returns, without `$metadata`
 */
export function operation<Input extends object, Output extends object>(
  needs: (input: Input, world: World) => Need | readonly Need[],
  run: (input: Input, call: Call) => Omit<Output, "$metadata"> | Record<string, never>,
): Operation {
  return {
    needs: (input, world) => [needs(input as Input, world)].flat() as readonly Need[],
    run: (input, call) => run(input as Input, call),
  };
}

/** A permission of a read that has no resource scope. */
export function anywhere(action: string): () => Need {
  return () => ({ action, resource: "*" });
}
