import { createHash } from "node:crypto";
import { isObject, type JsonObject } from "../../../../contract/json";
import { UserError } from "../../../../contract/user-error";
import { uniqueId } from "../ids";
import { isPath } from "../paths";
import { escapePattern } from "../patterns";
import { exchangesOf, type Exchange } from "./recording";
import { SecretRemover } from "./secrets";

export interface RecordingOptions {
  /** Hosts whose requests become mocks; may be empty when the recording has one. */
  readonly hosts: readonly string[];
  /** Paths to take; empty for all. `*` at the end stands for any rest. */
  readonly only: readonly string[];
  readonly without: readonly string[];
}

export interface ImportedRecording {
  readonly expectations: readonly JsonObject[];
  /** Different requests. */
  readonly operations: number;
  /** Requests that were there before. */
  readonly repeated: number;
  readonly leftOut: { readonly headers: number; readonly cookies: number; readonly secrets: number };
  readonly unfit: readonly string[];
}

/**
 * Expectations for the requests of a recording, each once. Those with more to match come first.
 *
 * @throws UserError when it has several hosts and none is chosen, or none of the chosen
 */
export function expectationsOfRecording(
  entries: readonly unknown[],
  options: RecordingOptions,
): ImportedRecording {
  const exchanges = ofHosts(exchangesOf(entries), options.hosts);
  const chosen = exchanges.filter(({ url: { pathname } }) => {
    const isNamed = (words: readonly string[]) => words.some((word) => isPath(pathname, word));
    return (options.only.length === 0 || isNamed(options.only)) && !isNamed(options.without);
  });
  return new Recording(chosen).imported();
}

function ofHosts(exchanges: readonly Exchange[], hosts: readonly string[]): Exchange[] {
  const counts = new Map<string, number>();
  for (const { url } of exchanges) counts.set(url.host, (counts.get(url.host) ?? 0) + 1);
  const listed = [...counts].sort(([, a], [, b]) => b - a).map(([host, count]) => `${host} (${count})`).join(", "); // prettier-ignore
  if (counts.size === 0) throw new UserError("The recording has no request that was answered over HTTP.");
  if (hosts.length === 0 && counts.size > 1) {
    throw new UserError(`The recording has requests to ${counts.size} hosts: ${listed}. Choose with --host.`);
  }
  const foreign = hosts.find((host) => !counts.has(host));
  if (foreign !== undefined) {
    throw new UserError(`--host ${foreign}: the recording has no request to it, only to ${listed}.`);
  }
  return exchanges.filter(({ url }) => hosts.length === 0 || hosts.includes(url.host));
}

/** Of the connection, of the recorded copy, or of a session. */
const LEFT_OUT = new Set(
  (
    "connection keep-alive proxy-authenticate transfer-encoding trailer upgrade content-length content-encoding " +
    "content-type date age etag last-modified alt-svc strict-transport-security set-cookie set-cookie2 authorization " +
    "www-authenticate server-timing report-to nel via x-request-id x-amzn-requestid x-amz-cf-id cf-ray"
  ).split(" "),
);
const SESSION = /session|csrf|xsrf/i;

interface Mock {
  readonly expectation: JsonObject;
  /** Parts of the request, besides method and path, that must fit. */
  readonly constraints: number;
}

class Recording {
  private readonly remover = new SecretRemover();
  private readonly unfit: string[] = [];
  private readonly ids = new Set<string>();
  private readonly hosts: ReadonlySet<string>;
  private headers = 0;

  constructor(private readonly exchanges: readonly Exchange[]) {
    this.hosts = new Set(exchanges.map(({ url }) => url.host));
  }

  imported(): ImportedRecording {
    const requests = new Map<string, Exchange>();
    const bodies = new Map<string, Set<string | undefined>>();
    for (const exchange of this.exchanges) {
      const { requestBody, status } = exchange;
      const place = placeOf(exchange);
      const key = `${place} ${requestBody ?? ""}`;
      const before = requests.get(key);
      // A 304 has no body: the browser had it already.
      if (before === undefined || (before.status === 304 && status !== 304)) requests.set(key, exchange);
      bodies.set(place, (bodies.get(place) ?? new Set()).add(requestBody));
    }
    const mocks = [...requests.values()].flatMap((exchange) => {
      const mock = this.mockOf(exchange, bodies.get(placeOf(exchange))!.size > 1);
      return mock === undefined ? [] : [mock];
    });
    mocks.sort((a, b) => b.constraints - a.constraints);
    return {
      expectations: mocks.map(({ expectation }) => expectation),
      operations: requests.size,
      repeated: this.exchanges.length - requests.size,
      leftOut: {
        headers: this.headers,
        cookies: this.exchanges.reduce((sum, { cookies }) => sum + cookies, 0),
        secrets: this.remover.count,
      },
      unfit: this.unfit,
    };
  }

  /** @param byBody whether other requests differ from this one by their bodies alone */
  private mockOf(exchange: Exchange, byBody: boolean): Mock | undefined {
    const { method, url, status, contentType } = exchange;
    const name = `${method} ${url.pathname}`;
    const body = this.responseBody(exchange);
    if (body === undefined) {
      this.unfit.push(`${name} ${status}: the recording has no body; save it with content`);
      return undefined;
    }
    const query = this.query(url.searchParams);
    const requestBody = byBody ? this.requestBody(exchange) : undefined;
    const variant =
      byBody || url.search !== "" ? `.${digest(`${url.search} ${exchange.requestBody ?? ""}`)}` : "";
    const headers = { ...this.responseHeaders(exchange), ...(contentType !== "" && { "Content-Type": [typeWithCharset(contentType, body)] }) }; // prettier-ignore
    return {
      constraints: Object.keys(query).length + (requestBody === undefined ? 0 : 1),
      expectation: {
        id: uniqueId(`${method.toLowerCase()}${url.pathname}.${status}${variant}`, this.ids),
        httpRequest: {
          method,
          path: escapePattern(url.pathname),
          ...(Object.keys(query).length > 0 && { queryStringParameters: query }),
          ...(requestBody !== undefined && { body: requestBody }),
        },
        httpResponse: {
          statusCode: status,
          ...(Object.keys(headers).length > 0 && { headers }),
          ...("none" in body ? {} : { body }),
        },
      },
    };
  }

  private query(parameters: URLSearchParams): Record<string, string[]> {
    const found: Record<string, string[]> = {};
    for (const [name, value] of parameters) {
      if (this.remover.isSecret(name, value) || SESSION.test(name)) this.remover.count++;
      else if (value !== "") (found[escapePattern(name)] ??= []).push(escapePattern(value));
    }
    return found;
  }

  private requestBody({ requestBody = "", requestType }: Exchange): JsonObject | undefined {
    const json = /json/i.test(requestType) ? parsed(requestBody) : undefined;
    if (isObject(json))
      return { type: "JSON", json: this.withoutSecrets(json), matchType: "ONLY_MATCHING_FIELDS" };
    const text = this.remover.text(requestBody);
    return text === requestBody && text !== "" ? { type: "STRING", string: text } : undefined;
  }

  /** The other fields are enough to tell the request. */
  private withoutSecrets(json: JsonObject): JsonObject {
    const before = this.remover.count;
    const entries = Object.entries(json).flatMap(([key, value]) => {
      const clean = this.remover.json(value, key);
      return JSON.stringify(clean) === JSON.stringify(value) ? [[key, value]] : [];
    });
    // One field is one secret, however many it holds.
    this.remover.count = before + Object.keys(json).length - entries.length;
    return Object.fromEntries(entries) as JsonObject;
  }

  private responseHeaders({ headers, url }: Exchange): Record<string, string[]> {
    const kept: Record<string, string[]> = {};
    for (const [name, value] of headers) {
      if (LEFT_OUT.has(name.toLowerCase())) continue;
      if (this.remover.isSecret(name, value) || SESSION.test(name)) this.headers++;
      else (kept[name] ??= []).push(/^location$/i.test(name) ? this.relative(value, url) : value);
    }
    return kept;
  }

  /** An address of the recorded hosts leads to the mock. */
  private relative(location: string, base: URL): string {
    if (!URL.canParse(location, base.href)) return location;
    const url = new URL(location, base.href);
    return this.hosts.has(url.host) ? url.pathname + url.search + url.hash : location;
  }

  private responseBody({ method, status, body, size, contentType }: Exchange): JsonObject | undefined {
    if (method === "HEAD" || status === 204 || status === 304) return { none: true };
    if (body === undefined) return size > 0 ? undefined : { none: true };
    if (body.isBase64 && !isText(contentType)) return { type: "BINARY", base64Bytes: body.text };
    const text = body.isBase64 ? Buffer.from(body.text, "base64").toString("utf8") : body.text;
    const json = /json/i.test(contentType) ? parsed(text) : undefined;
    // A number of more digits would be another one as JSON.
    if (typeof json === "object" && json !== null && !/\d{16}/.test(text)) {
      return { type: "JSON", json: this.remover.json(json) };
    }
    const isCode = /html|javascript|ecmascript|css|svg|wasm/i.test(contentType);
    return { type: "STRING", string: isCode ? this.remover.code(text) : this.remover.text(text) };
  }
}

function placeOf({ method, url: { pathname, search } }: Exchange): string {
  return `${method} ${pathname}${search}`;
}

function isText(contentType: string): boolean {
  return /^text\/|json|xml|javascript|ecmascript|urlencoded/i.test(contentType);
}

/** The mock sends text as UTF-8, whatever the page was in. */
function typeWithCharset(contentType: string, { type }: JsonObject): string {
  return type === "STRING" || type === "JSON"
    ? `${contentType.replace(/\s*;.*/, "")}; charset=utf-8`
    : contentType;
}

function digest(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 8);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
