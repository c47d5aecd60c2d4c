/** A route that a request took, and what its path told. */
export interface Taken<R> {
  readonly route: R;
  readonly pathParameters: Readonly<Record<string, string>>;
}

/**
 * The most specific route for a request: a full match before a greedy one (`{proxy+}`), a method before `ANY`, and
 * `$default` last.
 *
 * @param keyOf `GET /users/{id}` or `$default`
 */
export function takeRoute<R>(
  routes: readonly R[],
  keyOf: (route: R) => string,
  method: string,
  path: string,
): Taken<R> | undefined {
  let best: (Taken<R> & { readonly rank: string }) | undefined;
  for (const route of routes) {
    const match = matchKey(keyOf(route), method, path);
    if (match && (!best || match.rank < best.rank)) best = { route, ...match };
  }
  return best && { route: best.route, pathParameters: best.pathParameters };
}

/** `rank` sorts: the lower text wins. */
function matchKey(
  key: string,
  method: string,
  path: string,
): { pathParameters: Record<string, string>; rank: string } | undefined {
  if (key === "$default") return { pathParameters: {}, rank: "2" };
  const [routeMethod, routePath = "/"] = key.split(" ");
  if (routeMethod !== method && routeMethod !== "ANY") return undefined;
  const parts = routePath.split("/");
  const given = path.split("/");
  const pathParameters: Record<string, string> = {};
  let rank = "";
  for (const [i, part] of parts.entries()) {
    const name = /^\{(.+?)(\+?)\}$/.exec(part);
    const value = given[i];
    if (name?.[2]) {
      if (value === undefined || value === "") return undefined;
      pathParameters[name[1]!] = given.slice(i).map(decoded).join("/");
      return { pathParameters, rank: `1${rank}2${routeMethod === "ANY" ? 1 : 0}` };
    }
    if (value === undefined) return undefined;
    if (name) {
      if (value === "") return undefined;
      pathParameters[name[1]!] = decoded(value);
      rank += "1";
    } else {
      if (part !== value) return undefined;
      rank += "0";
    }
  }
  if (given.length !== parts.length) return undefined;
  return { pathParameters, rank: `0${rank}${routeMethod === "ANY" ? 1 : 0}` };
}

/** As written when it is no valid percent-encoding. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
