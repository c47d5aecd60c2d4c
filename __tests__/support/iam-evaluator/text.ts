import type { Request } from "./policy";

/**
 * Pieces of a pattern: literal text, and the wildcards that the policy itself wrote. What a variable stands
 * for is always literal, so a tag value `*` matches a star and nothing else.
 */
type Piece = { readonly literal: string } | { readonly wildcard: "*" | "?" };

/** The values of a context key; `undefined` when the request does not have it. Keys ignore case. */
export function valuesOf(request: Request, key: string): readonly string[] | undefined {
  const wanted = key.toLowerCase();
  for (const [name, value] of Object.entries(request.context)) {
    if (name.toLowerCase() === wanted && value !== undefined)
      return typeof value === "string" ? [value] : value;
  }
  return undefined;
}

/**
 * A pattern with its variables replaced; `undefined` when one has no value, which makes it match nothing.
 * `${key, 'default'}` and the escapes `${*}`, `${?}`, `${$}` are IAM's own.
 */
export function resolve(pattern: string, request: Request): readonly Piece[] | undefined {
  const pieces: Piece[] = [];
  for (const part of pattern.split(/(\$\{[^}]*\}|[*?])/).filter((text) => text !== "")) {
    if (part === "*" || part === "?") pieces.push({ wildcard: part });
    else if (part.startsWith("${")) {
      const value = variable(part.slice(2, -1), request);
      if (value === undefined) return undefined;
      pieces.push({ literal: value });
    } else pieces.push({ literal: part });
  }
  return pieces;
}

function variable(inside: string, request: Request): string | undefined {
  if (inside === "*" || inside === "?" || inside === "$") return inside;
  const [key, fallback] = inside.split(/,(.*)/s) as [string, string?];
  const values = valuesOf(request, key.trim());
  // A key with several values has no single one to put in.
  if (values?.length === 1) return values[0];
  return values === undefined ? fallback?.trim().replace(/^'(.*)'$/, "$1") : undefined;
}

/** As plain text, without wildcards. */
export function literal(pieces: readonly Piece[]): string {
  return pieces.map((piece) => ("literal" in piece ? piece.literal : piece.wildcard)).join("");
}

export function matches(pieces: readonly Piece[], value: string, ignoreCase = false): boolean {
  const source = pieces
    .map((piece) => {
      if ("literal" in piece) return piece.literal.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
      return piece.wildcard === "*" ? "[^]*" : "[^]";
    })
    .join("");
  return new RegExp(`^${source}$`, ignoreCase ? "i" : "").test(value);
}
