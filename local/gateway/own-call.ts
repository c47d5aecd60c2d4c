import type { Call } from "./call";
import { recognise } from "./operation";

/** A call that the gateway itself sends to moto. */
export interface OwnCall {
  readonly accountId: string;
  readonly region: string;
  /** Signing name. */
  readonly service: string;
  /** @default "POST" with `form` or `json`, else "GET" */
  readonly method?: string;
  /** @default "/" */
  readonly path?: string;
  /** Parameters of a query-protocol call. */
  readonly form?: Readonly<Record<string, string>>;
  /** Input of a JSON-protocol call. */
  readonly json?: { readonly target: string; readonly input: object };
  readonly body?: string;
}

export function ownCall(own: OwnCall): Call {
  const { accountId, region, service, form, json, path = "/" } = own;
  const body = form ? new URLSearchParams(form).toString() : json ? JSON.stringify(json.input) : own.body;
  const [pathname = "/", search] = path.split(/\?(.*)/s);
  const wire = {
    method: own.method ?? (form || json ? "POST" : "GET"),
    path: pathname,
    query: new URLSearchParams(search),
    rawQuery: search === undefined ? "" : `?${search}`,
    headers: {
      authorization: `AWS4-HMAC-SHA256 Credential=gateway/20260101/${region}/${service}/aws4_request, SignedHeaders=host, Signature=0`,
      ...(form && { "content-type": "application/x-www-form-urlencoded" }),
      ...(json && { "content-type": "application/x-amz-json-1.0", "x-amz-target": json.target }),
    },
    body: Buffer.from(body ?? ""),
  };
  return { ...wire, ...recognise(wire), accountId, region };
}
