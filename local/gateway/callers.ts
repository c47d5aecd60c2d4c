import type { IncomingMessage } from "node:http";
import { isSuccess, type Answer, type Call } from "./call";
import { isEndpointHost } from "./endpoints";
import { awsErrorAnswer } from "./error-shape";

/** Operations whose answer contains an access key for further calls. */
const ISSUING = /^(AssumeRole\w*|GetSessionToken|GetFederationToken|CreateAccessKey)$/;

/**
 * Why a request is refused before it is read; `undefined` if it is accepted. A page whose name resolves to loopback sends
 * a foreign `Host`, every other page an `Origin`; no AWS client does either.
 *
 * @param port on which the gateway listens
 */
export function refuse({ headers, url = "/" }: IncomingMessage, port: number): string | undefined {
  if (headers.origin !== undefined) return "web pages may not call it (the request has an Origin header).";
  // Images, forms and links of a page have no Origin; browsers still say that another site asks.
  if (/^(cross|same)-site$/.test(String(headers["sec-fetch-site"])))
    return "web pages may not call it (the request has a Sec-Fetch-Site header).";
  const target = /^[a-z]+:\/\/([^/]*)/i.exec(url)?.[1]; // of a client that uses the gateway as its proxy
  const foreign = [headers.host ?? "", target].find((host) => host !== undefined && !isOwn(host, port));
  return foreign === undefined
    ? undefined
    : `${JSON.stringify(foreign)} is not its host name. Use 127.0.0.1:${port} or localhost:${port}.`;
}

/** S3 Control puts the account id before the host name. */
function isOwn(host: string, port: number): boolean {
  return (
    isEndpointHost(host) ||
    host === `localhost:${port}` ||
    host.replace(/^\d{12}\./, "") === `127.0.0.1:${port}`
  );
}

/**
 * Who may call, and in which account. The access key alone is checked, not the signature: it is random and leaves this
 * machine nowhere.
 */
export class Callers {
  private readonly accounts: Map<string, string>;

  constructor(accessKeyId: string, accountId: string) {
    this.accounts = new Map([[accessKeyId, accountId]]);
  }

  admit(accessKeyId: string, accountId: string): void {
    this.accounts.set(accessKeyId, accountId);
  }

  /** The account of the caller; `undefined` for one that is unknown. */
  accountOf(call: Pick<Call, "headers" | "query">): string | undefined {
    return this.accounts.get(accessKeyOf(call) ?? "");
  }

  /**
   * A key that was given to a known caller is known from then on: that of a role's session in the role's account, any
   * other in the caller's.
   */
  learn(call: Pick<Call, "operation" | "accountId">, answer: Answer): void {
    if (!ISSUING.test(call.operation) || !isSuccess(answer)) return;
    const text = answer.body.toString("utf8");
    const key = /<AccessKeyId>(\w+)<\/AccessKeyId>/.exec(text)?.[1];
    const account = /<Arn>arn:[\w-]+:sts::(\d{12}):assumed-role\//.exec(text)?.[1];
    if (key) this.accounts.set(key, account ?? call.accountId);
  }
}

/** AWS's error for an unknown access key. */
export function unknownCaller(call: Call): Answer {
  return awsErrorAnswer(call, {
    status: 403,
    code: call.service === "s3" ? "InvalidAccessKeyId" : "UnrecognizedClientException",
    message: "This access key is not that of the running local AWS. Use automock --local, or start it again.",
  });
}

/** From the `Authorization` header, or from the query of a presigned address. */
function accessKeyOf({ headers, query }: Pick<Call, "headers" | "query">): string | undefined {
  const scope = headers.authorization?.split("Credential=")[1] ?? query.get("X-Amz-Credential") ?? undefined;
  return scope?.split("/")[0];
}
