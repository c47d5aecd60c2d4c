/** Attributes and variables that hold a secret, though nobody has marked them as sensitive. */

const SECRET_NAME =
  /(^|_)(password|passwd|pwd|passphrase|secret|secret_string|secret_binary|secret_value|private_key|private_key_pem|token|api_key|apikey|secret_key|secret_access_key|access_key|credentials?|connection_string|connection_uri|dsn|webhook_url)$/;

/** Whether a value under this name is to be taken for a secret: `master_password`, `DB_PASSWORD`, `authToken`. */
export function isSecretName(name: string): boolean {
  const snake = name
    .replaceAll(/([a-z0-9])([A-Z])/g, "$1_$2")
    .replaceAll(/[-.\s/:]+/g, "_")
    .toLowerCase();
  return SECRET_NAME.test(snake);
}

/** `{ name: "DB_PASSWORD", value: "…" }`, as environment variables of containers are written: the name's value. */
export function nameOfPair(object: Readonly<Record<string, unknown>>): string | undefined {
  const named = object.name ?? object.Name ?? object.key ?? object.Key;
  return typeof named === "string" ? named : undefined;
}

/** Whether a string under a secret's name is one, and not the address of one. */
export function couldBeSecret(value: unknown): value is string {
  return typeof value === "string" && value !== "" && !/^arn:|^\$\{/.test(value);
}

const NAME = "(?:password|passwd|pwd|secret|token|api_?key|access_?key|secret_?key)";

/** What stands between user and host in `//user:password@host`, and after `password=`, `DB_PASSWORD="` or their like. */
const IN_TEXT = [
  /(:\/\/[^\s/:@"'<>]*:)([^\s/@"'<>]+)(?=@)/g,
  new RegExp(`(${NAME}=)([^\\s&;,"'<>()]+)`, "gi"),
  new RegExp(`(${NAME}=")([^"\\n]+)`, "gi"),
  new RegExp(`(${NAME}=')([^'\\n]+)`, "gi"),
];

/** Passwords inside of addresses and connection strings. */
export function passwordsIn(text: string): string[] {
  return IN_TEXT.flatMap((pattern) => [...text.matchAll(pattern)].map(([, , password]) => password!));
}

/** The text with the passwords inside of addresses and connection strings replaced. */
export function withoutPasswords(text: string, replacement: string): string {
  return IN_TEXT.reduce((rest, pattern) => rest.replaceAll(pattern, `$1${replacement}`), text);
}
