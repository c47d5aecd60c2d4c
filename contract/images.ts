import digests from "./image-digests.json";

/** File with the digests of public images, below the project's folder; `automock images --update` writes it. */
export const DIGESTS_FILE = "contract/image-digests.json";

/** AWS CLI with `sh` and `jq`; from the ECR public gallery, which has no pull limit inside AWS. */
export const AWS_CLI_TAG = "public.ecr.aws/aws-cli/aws-cli:2.36.15";

/** Where MockServer publishes its image without the pull limits of Docker Hub; amd64 and arm64. */
export const MOCKSERVER_REPOSITORY = "public.ecr.aws/mockserver/mockserver";

/**
 * An image with its digest, so that it cannot change under its tag; without one if none is known.
 *
 * @param tag `registry/repository:tag`
 * @param digest @default that of the file of digests
 */
export function pinned(tag: string, digest: string | undefined = digestOf(tag)): string {
  return digest === undefined ? tag : `${tag}@${digest}`;
}

/** Digest of an image in the file of digests. */
export function digestOf(tag: string): string | undefined {
  return (digests as Readonly<Record<string, string>>)[tag];
}
