import { RegistryMissing } from "../../registry/missing";

/**
 * Explains an error of the SDK and how to fix it; `undefined` for any other error.
 * A registry that does not exist is explained here, too.
 *
 * @param profile AWS profile in use
 */
export function explainAwsError(error: unknown, profile?: string): string | undefined {
  const { name, message, code, $metadata } = error as Partial<Error> & {
    readonly code?: string;
    readonly $metadata?: unknown;
  };
  if (error instanceof RegistryMissing) {
    const { place, tableName } = error;
    return (
      `Account ${place.accountId} has no registry of environments in ${place.region} (table ${tableName}).\n` +
      "Create it with automock bootstrap, or name another --region or --profile."
    );
  }
  if (name === "CredentialsProviderError" || name === "TokenProviderError") {
    return profile === undefined
      ? `There are no usable AWS credentials (${message}).\nLog in (aws sso login), or name a profile with --profile.`
      : `Profile "${profile}" has no usable AWS credentials (${message}).\nLog in (aws sso login --profile ${profile}), or name another profile with --profile.`;
  }
  if (name !== undefined && NOT_VALID.has(name)) {
    return `The AWS credentials are invalid or have expired (${name}). Log in again (aws sso login), or name another --profile.`;
  }
  if (name !== undefined && DENIED.test(name)) {
    return `AWS denied access: ${message}\nThe credentials lack this permission or belong to another account. automock doctor shows their account.`;
  }
  const unreachable = [code, name].find((one) => one !== undefined && UNREACHABLE.has(one));
  if (unreachable !== undefined) {
    return `AWS cannot be reached (${unreachable}): ${message}\nCheck the network, a proxy, and the region.`;
  }
  return $metadata === undefined ? undefined : `AWS answered ${name}: ${message}`;
}

/** Each service has its own error names. */
const NOT_VALID = new Set([
  ...["ExpiredToken", "ExpiredTokenException", "RequestExpired", "InvalidToken"],
  ...["InvalidClientTokenId", "InvalidAccessKeyId", "UnrecognizedClientException"],
  ...["SignatureDoesNotMatch", "InvalidSignatureException", "AuthFailure"],
]);
const DENIED =
  /^(AccessDenied|AccessDeniedException|UnauthorizedOperation|AuthorizationError|Forbidden|403)$/;
const UNREACHABLE = new Set([
  ...["ECONNREFUSED", "ECONNRESET", "ENOTFOUND", "EAI_AGAIN", "ENETUNREACH", "EHOSTUNREACH"],
  ...["ETIMEDOUT", "TimeoutError"],
]);
