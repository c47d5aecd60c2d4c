import { isObject, type JsonObject } from "../../../../contract/json";

/** A recording of a browser's requests, as "Save all as HAR" writes it. http://www.softwareishard.com/blog/har-12-spec */

/** One request and its response. */
export interface Exchange {
  readonly method: string;
  readonly url: URL;
  readonly requestType: string;
  readonly requestBody?: string;
  readonly status: number;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly contentType: string;
  /** `undefined` when the recording does not have it. */
  readonly body?: { readonly text: string; readonly isBase64: boolean };
  /** Bytes of the response's body. */
  readonly size: number;
  readonly cookies: number;
}

export function isRecording(
  value: unknown,
): value is { readonly log: { readonly entries: readonly unknown[] } } {
  return isObject(value) && isObject(value.log) && Array.isArray(value.log.entries);
}

/** The exchanges over HTTP that were answered. */
export function exchangesOf(entries: readonly unknown[]): Exchange[] {
  return entries.flatMap((entry) => {
    const { request, response } = asObject(entry);
    const url = parsedUrl(asObject(request).url);
    const status = asObject(response).status;
    // A request that was blocked or cancelled has the status 0; a web socket has 101.
    if (url === undefined || typeof status !== "number" || status < 200) return [];
    return [exchangeOf(asObject(request), asObject(response), url, status)];
  });
}

function exchangeOf(request: JsonObject, response: JsonObject, url: URL, status: number): Exchange {
  const { mimeType, text } = asObject(request.postData);
  const content = asObject(response.content);
  const size = typeof content.size === "number" ? content.size : 0;
  const headers = pairsOf(response.headers);
  return {
    method: textOf(request.method, "GET").toUpperCase(),
    url,
    requestType: textOf(mimeType, ""),
    ...(typeof text === "string" && text !== "" && { requestBody: text }),
    status,
    headers,
    contentType:
      headers.find(([name]) => name.toLowerCase() === "content-type")?.[1] ?? textOf(content.mimeType, ""),
    ...(typeof content.text === "string" && {
      body: { text: content.text, isBase64: content.encoding === "base64" },
    }),
    size,
    cookies: [request.cookies, response.cookies].flatMap((list) => (Array.isArray(list) ? list : [])).length,
  };
}

function pairsOf(list: unknown): (readonly [name: string, value: string])[] {
  return (Array.isArray(list) ? (list as unknown[]) : []).flatMap((pair) => {
    const { name, value } = asObject(pair);
    // HTTP/2 has such headers for what is in the first line of HTTP/1.
    return typeof name === "string" && typeof value === "string" && !name.startsWith(":")
      ? [[name, value]]
      : [];
  });
}

function parsedUrl(value: unknown): URL | undefined {
  try {
    const url = new URL(String(value));
    return /^https?:$/.test(url.protocol) ? url : undefined;
  } catch {
    return undefined;
  }
}

function textOf(value: unknown, otherwise: string): string {
  return typeof value === "string" ? value : otherwise;
}

function asObject(value: unknown): JsonObject {
  return isObject(value) ? value : {};
}
