import { digestOf } from "../../../contract/images";
import type { Environment } from "../../../environments/schema";
import { FLOATING_IMAGES } from "../../../operations/images/floating";
import { imagesOf } from "../../../operations/images/images";
import { warning, type Check } from "./check";

/** A warning for each public image that tasks get by its tag, because its digest is not pinned. */
export function checkImages(environments: readonly Environment[], pinnedOf = digestOf): Check[] {
  return imagesOf(environments)
    .filter((image) => pinnedOf(image) === undefined)
    .map((image) =>
      warning(
        "image",
        `${image} is not pinned, so tasks run whatever its tag names`,
        FLOATING_IMAGES.find((one) => one.image === image)?.reason ??
          "Run automock images --update, review the change and deploy.",
      ),
    );
}
