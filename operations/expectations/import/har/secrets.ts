import { isObject } from "../../../../contract/json";
import { SENSITIVE } from "../../../review/redactor";
import { couldBeSecret, isSecretName } from "../../../review/secret-names";
import { formRanges, replaceRanges, secretRanges, type Range } from "../../../review/secret-text";
import { vendorSecrets } from "../../../review/vendor-secrets";

/** Removes from a recording what looks like a secret, by the rules of the plan report, and counts it. */
export class SecretRemover {
  count = 0;

  /** Whether a header or parameter holds a secret, by its name or value. */
  isSecret(name: string, value: string): boolean {
    return (isSecretName(name) && couldBeSecret(value)) || secretsIn(value).length > 0;
  }

  /** A text of which nothing is known. */
  text(text: string): string {
    return this.replace(text, secretsIn(text));
  }

  /** A page, script or style: `password:e` is code, so only what has the form of a secret is one. */
  code(text: string): string {
    return this.replace(text, [...formRanges(text), ...rangesOf(text, vendorSecrets([text]))]);
  }

  /** A value of a JSON body. */
  json(value: unknown, name = ""): unknown {
    if (typeof value === "string") {
      if (!isSecretName(name) || !couldBeSecret(value)) return this.text(value);
      this.count++;
      return SENSITIVE;
    }
    if (Array.isArray(value)) return value.map((item) => this.json(item, name));
    if (!isObject(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, this.json(inner, key)]));
  }

  private replace(text: string, ranges: readonly Range[]): string {
    let end = 0;
    // Several rules may find the same secret.
    for (const [from, to] of [...ranges].sort(([a], [b]) => a - b)) {
      if (from >= end) this.count++;
      end = Math.max(end, to);
    }
    return replaceRanges(text, ranges, SENSITIVE);
  }
}

function secretsIn(text: string): Range[] {
  return [...secretRanges(text), ...rangesOf(text, vendorSecrets([text]))];
}

function rangesOf(text: string, secrets: readonly string[]): Range[] {
  return secrets.flatMap((secret) => {
    const from = text.indexOf(secret);
    return from < 0 ? [] : [[from, from + secret.length] as const];
  });
}
