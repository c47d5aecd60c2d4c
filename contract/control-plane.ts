import type { Names } from "./names";

/** How tokens open MockServer's control plane: a KMS key signs them, and tasks know its public half. */

/** Size and use of the signing key. KMS answers RS256 signatures in the form that a token needs. */
export const SIGNING_KEY = { spec: "RSA_2048", algorithm: "RSASSA_PKCS1_V1_5_SHA_256" } as const;

/** Its name in a token and in a set of keys. */
export const TOKEN_ALGORITHM = "RS256";

/** Name of the key that signs, without `alias/`. */
export function signingKeyAlias(names: Names): string {
  return names.name("keyAlias", "control-plane");
}

/** Audience of an environment's tokens, so that none opens another environment. */
export function tokenAudience(names: Names): string {
  return names.prefix;
}

/** A public key as MockServer reads it. */
export interface PublicKey {
  /** Modulus in base64url. */
  readonly modulus: string;
  /** Distinguishes the keys of a set. */
  readonly id: string;
}

/** The set of keys in the form of RFC 7517. 65537 is the exponent of every RSA key in KMS. */
export function keySet(keys: readonly PublicKey[]): string {
  return JSON.stringify({
    keys: keys.map(({ modulus, id }) => ({
      kty: "RSA",
      use: "sig",
      alg: TOKEN_ALGORITHM,
      kid: id,
      n: modulus,
      e: "AQAB",
    })),
  });
}
