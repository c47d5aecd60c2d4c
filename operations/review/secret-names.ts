/** Names of attributes, variables and keys that hold a secret without being marked as sensitive. */

/** Words that mark a secret anywhere in a name. */
const SECRET_WORDS: ReadonlySet<string> = new Set([
  ...["password", "passwd", "passphrase", "passcode", "pass", "pwd", "pw", "pin"],
  ...["secret", "token", "credential", "cred", "jwt", "bearer", "authorization", "pat"],
  ...[
    "apikey",
    "dsn",
    "salt",
    "pepper",
    "signature",
    "sig",
    "cookie",
    "psk",
    "mnemonic",
    "cvv",
    "otp",
    "pincode",
  ],
  ...["passwort", "kennwort", "contrasena", "motdepasse"],
]);

/** Pairs of words that mark a secret together. */
const SECRET_PAIRS =
  /(^|_)((private|secret|access|api|encryption|signing|master|ssh|deploy|shared|host|account|service)_key|connection_(string|uri)|basic_auth|(otp|totp|mfa)_seed|seed_phrase|(recovery|backup)_code|(redis|smtp|proxy|registry)_auth|access_code|jaas_config)(_|$)/;

/** Ends that say so by themselves, although their last word would speak of one. */
const SECRET_NAME_END = /(^|_)((webhook|sas)(_ur[li])?|auth_(header|string|config))$/;

/** Whole names that hold none: marks of requests, what a cookie is called or forwarded, the tokens of the metadata service. */
const OPEN_NAMES =
  /^(http_token|(idempotency|client|client_request|request|next|next_page|page|continuation)_token|cookie|forward_cookie|whitelisted_cookie|(max|min|num|number_of|allow|require|use|enable|disable)_.*|.*_allow_.*)$/;

/** Suffixes of a single word: `PGPASSWORD`, `authtoken`, `sshpass`. */
const SECRET_END =
  /(password|passwd|passphrase|secret|token|credential|(api|secret|access|private|master|account|shared)key|(bind|db|root|admin|user)pw|(db|pg|my|ssh|user|root|admin|smtp|mail|redis|mysql|ftp|sudo|store|key|bind|proxy)pass|.pwd)$/;

/** Keys that are not secret: columns, objects, public keys and the like. */
const OPEN_KEYS: ReadonlySet<string> = new Set([
  ...["public", "partition", "hash", "range", "sort", "primary", "foreign", "routing", "object", "s"],
  ...[
    "bucket",
    "tag",
    "cache",
    "idempotency",
    "dedup",
    "condition",
    "group",
    "kms",
    "sse",
    "cmk",
    "dimension",
  ],
  ...["map", "value", "item", "entry", "field", "column", "row", "unique", "composite", "shard", "parent"],
  ...["lookup", "cluster", "attribute", "filter", "label", "index", "order", "context", "log", "metric"],
]);

/** Suffixes of names that describe a secret instead of holding one: `secret_arn`, `password_length`. */
const ABOUT: ReadonlySet<string> = new Set([
  ...[
    "data",
    "arn",
    "id",
    "name",
    "path",
    "file",
    "dir",
    "prefix",
    "suffix",
    "alias",
    "description",
    "region",
  ],
  ...["length", "size", "count", "bytes", "min", "max", "ttl", "age", "expiry", "expiration", "validity"],
  ...["day", "hour", "minute", "second", "unit", "interval", "window", "period", "version", "stage"],
  ...["type", "mode", "format", "algorithm", "policy", "rule", "rotation", "enabled", "required", "status"],
  ...[
    "endpoint",
    "url",
    "uri",
    "host",
    "port",
    "issuer",
    "audience",
    "provider",
    "source",
    "from",
    "parameter",
  ],
  ...[
    "spec",
    "state",
    "field",
    "header",
    "label",
    "generation",
    "lambda",
    "manager",
    "store",
    "scope",
    "use",
    "usage",
    "domain",
    "round",
    "memory",
    "alg",
    "origin",
    "through",
    "behavior",
    "configuration",
  ],
]);

/** Whether a value with this name is treated as a secret: `master_password`, `PGPASSWORD`, `DB_PASS_2`, `authToken`. */
export function isSecretName(name: string): boolean {
  const cached = KNOWN.get(name);
  if (cached !== undefined) return cached;
  const result = isSecret(partsOf(name));
  if (KNOWN.size < MOST_KNOWN) KNOWN.set(name, result);
  return result;
}

/** Cached: a plan has thousands of values with the same few names. */
const KNOWN = new Map<string, boolean>();
const MOST_KNOWN = 10_000;

function partsOf(name: string): string[] {
  return name
    .slice(0, 200)
    .replaceAll(/([a-z0-9])([A-Z])/g, "$1_$2")
    .replaceAll(/([A-Z])([A-Z][a-z])/g, "$1_$2")
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .map((part) => part.replace(/\d+$/, ""))
    .filter((part) => part !== "")
    .map(singular);
}

function singular(part: string): string {
  return /[^aisu]s$/.test(part) && part.length > 3 && part !== "bytes" ? part.slice(0, -1) : part;
}

function isSecret(parts: readonly string[]): boolean {
  const last = parts.at(-1);
  if (last === undefined) return false;
  const name = parts.join("_");
  if (SECRET_NAME_END.test(name)) return true;
  if (ABOUT.has(last) || OPEN_NAMES.test(name)) return false;
  if (parts.some((part) => SECRET_WORDS.has(part)) || SECRET_PAIRS.test(name)) return true;
  if (SECRET_END.test(last)) return true;
  return last === "key" && parts.length > 1 && !OPEN_KEYS.has(parts.at(-2)!);
}

/** `{ name: "DB_PASSWORD", value: "…" }`, the format of container environment variables. */
export function nameOfPair(object: Readonly<Record<string, unknown>>): string | undefined {
  const named = object.name ?? object.Name ?? object.key ?? object.Key;
  return typeof named === "string" ? named : undefined;
}

/** Values under a secret's name that are not secret: a file, an ARN, an expression, a flag, an authorization type. */
const NO_SECRET =
  /^([\w./-]+\.(json|ya?ml|pem|crt|txt|csv|xml|toml|ini|conf|cfg|log|sh|js|ts|zip|gz|jar)|arn:.*|\$\{.*|alias\/.*|true|false|null|none|yes|no|on|off|enabled|disabled|required|optional|NONE|AWS_IAM|CUSTOM|COGNITO_USER_POOLS)$/s;

/** Whether a string under a secret's name can be one. */
export function couldBeSecret(value: unknown): value is string {
  return typeof value === "string" && value !== "" && !NO_SECRET.test(value);
}

/**
 * A word, a region, an account, a network or an instance class: they are in other texts for other
 * reasons, and hidden where they are the secret, nowhere else.
 */
export function isCommonWord(text: string): boolean {
  return COMMON.some((form) => form.test(text));
}

const COMMON: readonly RegExp[] = [
  /^([a-z]+|[A-Z]+|[A-Z][a-z]+)$/,
  /^[a-z]{2}(-[a-z]+){1,2}-\d[a-z]?$/,
  /^\d{12}$/,
  /^\d{1,3}(\.\d{1,3}){3}(\/\d+|:\d+)?$/,
  /^(db\.|cache\.)?[a-z]\d[a-z]*\.\d*[a-z]+$/,
];
