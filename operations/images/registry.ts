import { UserError } from "../../contract/user-error";

/** Manifests of one image, and lists of those of several architectures: the digest is that of the list, if there is one. */
const MANIFESTS = [
  "application/vnd.oci.image.index.v1+json",
  "application/vnd.docker.distribution.manifest.list.v2+json",
  "application/vnd.oci.image.manifest.v1+json",
  "application/vnd.docker.distribution.manifest.v2+json",
].join(", ");

const TIMEOUT_MILLISECONDS = 10_000;

/**
 * Asks a registry which digest a tag has now, without credentials.
 * https://github.com/opencontainers/distribution-spec/blob/main/spec.md
 *
 * @param image `registry/repository:tag`
 * @throws UserError if the registry cannot be reached, or does not have the image
 */
export async function digestInRegistry(image: string): Promise<string> {
  const [, host, repository, tag] = /^([^/]+)\/(.+):([^:/]+)$/.exec(image) ?? [];
  if (host === undefined) throw new UserError(`"${image}" is not an image: write registry/repository:tag.`);
  const url = `${schemeOf(host)}://${host}/v2/${repository}/manifests/${tag}`;
  const asked = async (authorization?: string) =>
    call(image, url, { accept: MANIFESTS, ...(authorization !== undefined && { authorization }) });
  let answer = await asked();
  if (answer.status === 401)
    answer = await asked(await bearer(image, answer.headers.get("www-authenticate")));
  if (answer.status === 404) throw new UserError(`${host} has no image ${repository}:${tag}.`);
  const digest = answer.headers.get("docker-content-digest");
  if (!answer.ok || digest === null || !/^sha256:[0-9a-f]{64}$/.test(digest)) {
    throw new UserError(`${host} did not tell the digest of ${repository}:${tag} (status ${answer.status}).`);
  }
  return digest;
}

/** A token for anonymous reading, from where the registry says. */
async function bearer(image: string, challenge: string | null): Promise<string> {
  const field = (name: string) => new RegExp(`${name}="([^"]*)"`).exec(challenge ?? "")?.[1];
  const realm = field("realm");
  const scheme = realm === undefined ? "" : new URL(realm).protocol;
  if (realm === undefined || scheme !== `${schemeOf(new URL(realm).host)}:`) {
    throw new UserError(
      `The registry of ${image} asks for a login that is not supported: ${challenge ?? "none"}.`,
    );
  }
  const query = new URLSearchParams({ service: field("service") ?? "", scope: field("scope") ?? "" });
  const answer = await call(image, `${realm}?${query.toString()}`, {}, "GET");
  const { token, access_token } = (await answer.json().catch(() => ({}))) as Record<string, string>;
  if (!token && !access_token)
    throw new UserError(`The registry of ${image} gave no token (${answer.status}).`);
  return `Bearer ${token ?? access_token}`;
}

async function call(
  image: string,
  url: string,
  headers: Record<string, string>,
  method = "HEAD",
): Promise<Response> {
  try {
    return await fetch(url, { method, headers, signal: AbortSignal.timeout(TIMEOUT_MILLISECONDS) });
  } catch (error) {
    const { message, cause } = error as Error;
    const why = cause instanceof Error ? cause.message : message;
    throw new UserError(`The registry of ${image} cannot be reached (${why}). Check the network or a proxy.`);
  }
}

function schemeOf(host: string): "http" | "https" {
  return /^(127\.0\.0\.1|localhost)(:\d+)?$/.test(host) ? "http" : "https";
}
