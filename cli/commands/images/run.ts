import { DIGESTS_FILE } from "../../../contract/images";
import { imagesOf, lookUp, writeDigests, type ImageState } from "../../../operations/images/images";
import type { Cli } from "../../context";

export async function imagesCommand(
  { output, projectFolder, usableEnvironments }: Cli,
  update: boolean,
): Promise<void> {
  const images = await lookUp(imagesOf(usableEnvironments()));
  const stale = images.filter(({ pinned, current }) => pinned !== current);
  if (update) writeDigests(projectFolder, images);
  else if (stale.length > 0) process.exitCode = 1;
  output.result({ images, updated: update }, () => {
    for (const state of images) output.line(lineOf(state));
    if (update) output.line(`${DIGESTS_FILE} is written. Review it, commit it, and deploy.`);
    else if (stale.length > 0) output.line("Pin them: automock images --update");
  });
}

function lineOf({ image, pinned, current }: ImageState): string {
  if (pinned === current) return `${image}@${current} is pinned`;
  return pinned === undefined
    ? `${image} is not pinned; now it is ${current}`
    : `${image} is pinned to ${pinned}; now it is ${current}`;
}
