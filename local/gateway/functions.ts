import type { Invoked } from "../lambda-runtime";
import { isSuccess, jsonOf, type Answer, type Forward, type JsonObject } from "./call";
import { ownCall } from "./own-call";

/** A function as it was deployed, and its code. */
export interface DeployedFunction {
  readonly functionArn: string;
  /** For example `nodejs22.x`; decides which interpreter runs it. */
  readonly runtime: string;
  /** `<file>.<exported name>`. */
  readonly handler: string;
  readonly variables: Readonly<Record<string, string>>;
  readonly timeoutSeconds: number;
  readonly zip: Uint8Array;
}

/**
 * Runs a function once.
 *
 * @param onLine receives each line that the function logs
 */
export type RunFunction = (
  deployed: DeployedFunction,
  event: unknown,
  onLine?: (line: string) => void,
) => Promise<Invoked>;

/** Where a function is: names are an account's own. */
export interface Place {
  readonly accountId: string;
  readonly region: string;
}

/** The code of deployed functions, which moto keeps but does not run, and how to run one. */
export class Functions {
  private readonly zips = new Map<string, Uint8Array>();

  /** @param run runs a function; without it, all of this is left to moto, which needs Docker */
  constructor(readonly run?: RunFunction) {}

  setCode(place: Place, name: string, zip: Uint8Array): void {
    this.zips.set(keyOf(place, name), zip);
  }

  forget(place: Place, name: string): void {
    this.zips.delete(keyOf(place, name));
  }

  hasCode(place: Place, name: string): boolean {
    return this.run !== undefined && this.zips.has(keyOf(place, name));
  }

  /** The function with its settings as they are now, or what AWS answers instead. */
  async deployed(place: Place, nameOrArn: string, forward: Forward): Promise<DeployedFunction | Answer> {
    const answer = await this.ask(place, nameOrArn, "configuration", forward);
    if (!isSuccess(answer)) return answer;
    const { FunctionArn, Runtime, Handler, Timeout, Environment } = jsonOf(answer);
    return {
      functionArn: String(FunctionArn),
      runtime: String(Runtime),
      handler: String(Handler),
      timeoutSeconds: Number(Timeout),
      variables: (Environment as { Variables?: Record<string, string> } | undefined)?.Variables ?? {},
      zip: this.zips.get(keyOf(place, nameOrArn)) ?? new Uint8Array(),
    };
  }

  /**
   * Calls a function as another service does.
   *
   * @returns `undefined` when there is no such function or it failed: the caller only learns that there is no answer
   */
  async callFrom(
    place: Place,
    nameOrArn: string,
    event: unknown,
    forward: Forward,
  ): Promise<{ value: unknown } | undefined> {
    if (!this.run) return undefined;
    const deployed = await this.deployed(place, nameOrArn, forward);
    if ("status" in deployed) return undefined;
    const invoked = await this.run(deployed, event);
    return invoked.kind === "returned" ? { value: invoked.value } : undefined;
  }

  /** Whether the function's policy lets a service, or for `*` anyone, take an action. */
  async permits(place: Place, nameOrArn: string, asked: Permission, forward: Forward): Promise<boolean> {
    const answer = await this.ask(place, nameOrArn, "policy", forward);
    if (!isSuccess(answer)) return false;
    const { Statement = [] } = JSON.parse(String(jsonOf(answer).Policy)) as { Statement?: JsonObject[] };
    return Statement.some((statement) => statementAllows(statement, asked));
  }

  private ask({ accountId, region }: Place, nameOrArn: string, what: string, forward: Forward) {
    const path = `/2015-03-31/functions/${encodeURIComponent(functionName(nameOrArn))}/${what}`;
    return forward(ownCall({ accountId, region, service: "lambda", path }));
  }
}

export interface Permission {
  readonly action: string;
  /** A service such as `apigateway.amazonaws.com`, or `*`. */
  readonly principal: string;
  readonly sourceArn?: string;
}

function statementAllows(statement: JsonObject, { action, principal, sourceArn }: Permission): boolean {
  const { Effect, Action, Principal, Condition } = statement as {
    Effect?: string;
    Action?: string;
    Principal?: string | { Service?: string; AWS?: string };
    Condition?: Record<string, Record<string, string>>;
  };
  const who = typeof Principal === "object" ? (Principal.Service ?? Principal.AWS) : Principal;
  const pattern = Object.values(Condition ?? {})
    .flatMap((keys) => Object.entries(keys))
    .find(([key]) => key.toLowerCase() === "aws:sourcearn")?.[1];
  return (
    Effect === "Allow" &&
    [action, "lambda:*", "*"].includes(Action ?? "") &&
    who === principal &&
    (pattern === undefined || (sourceArn !== undefined && arnLike(pattern, sourceArn)))
  );
}

/** `*` stands for any characters, `?` for one. */
function arnLike(pattern: string, arn: string): boolean {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replace(/\*/g, ".*")
    .replace(/\?/g, ".");
  return new RegExp(`^${source}$`).test(arn);
}

/** A function is addressed by name or by ARN. */
export function functionName(nameOrArn: string): string {
  return /:function:([^:/]+)/.exec(nameOrArn)?.[1] ?? nameOrArn;
}

function keyOf({ accountId, region }: Place, name: string): string {
  return `${accountId} ${region} ${functionName(name)}`;
}
