import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { AWS_CLI_TAG, digestOf, DIGESTS_FILE, MOCKSERVER_REPOSITORY } from "../../contract/images";
import type { Environment } from "../../environments/schema";
import { digestInRegistry } from "./registry";

/** A public image of the environments. */
export interface ImageState {
  readonly image: string;
  /** What tasks are given; absent: they follow the tag. */
  readonly pinned?: string;
  /** What the tag is in the registry now. */
  readonly current: string;
}

/** The public images that the environments run, sorted; those with an `imageDigest` of their own are pinned already. */
export function imagesOf(environments: readonly Environment[]): readonly string[] {
  const sections = environments.flatMap(({ automock }) => automock ?? []);
  const mockServers = sections
    .filter(({ imageDigest }) => imageDigest === undefined)
    .map(({ imageVersion }) => `${MOCKSERVER_REPOSITORY}:${imageVersion}`);
  return [...new Set([...(sections.length > 0 ? [AWS_CLI_TAG] : []), ...mockServers])].sort();
}

/** @throws UserError if a registry does not answer */
export function lookUp(
  images: readonly string[],
  { resolve = digestInRegistry, pinnedOf = digestOf } = {},
): Promise<readonly ImageState[]> {
  return Promise.all(
    images.map(async (image) => {
      const pinned = pinnedOf(image);
      return { image, ...(pinned !== undefined && { pinned }), current: await resolve(image) };
    }),
  );
}

/** Pins each image to its current digest; images that no environment runs any more go. */
export function writeDigests(projectFolder: string, states: readonly ImageState[]): void {
  const digests = Object.fromEntries(states.map(({ image, current }) => [image, current]));
  writeFileSync(join(projectFolder, DIGESTS_FILE), `${JSON.stringify(digests, null, 2)}\n`);
}
