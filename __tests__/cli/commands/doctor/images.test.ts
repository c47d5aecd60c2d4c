import { checkImages } from "../../../../cli/commands/doctor/images";
import { prodEnvironment } from "../../../support/environments";
import { spoil } from "../../../support/spoil";

const pinnedOf = (image: string) => (image.includes("aws-cli") ? "sha256:x" : undefined);
const NOT_PINNED = "is not pinned, so tasks run whatever its tag names";

it("warns about each image without a digest, with the reason where it is a stated exception", () => {
  expect(checkImages([prodEnvironment], pinnedOf)).toEqual([
    {
      name: "image",
      status: "warning",
      found: `public.ecr.aws/mockserver/mockserver:9.1.0 ${NOT_PINNED}`,
      fix: "The digest has to come from its registry: run automock images --update where that can be reached, review the change and deploy.",
    },
  ]);
  expect(checkImages([spoil(prodEnvironment, "automock.imageVersion", "9.0.0")], pinnedOf)).toEqual([
    {
      name: "image",
      status: "warning",
      found: `public.ecr.aws/mockserver/mockserver:9.0.0 ${NOT_PINNED}`,
      fix: "Run automock images --update, review the change and deploy.",
    },
  ]);
});

it("says nothing about pinned images, nor about an environment's own digest", () => {
  expect(checkImages([prodEnvironment], () => "sha256:x")).toEqual([]);
  expect(
    checkImages([spoil(prodEnvironment, "automock.imageDigest", `sha256:${"a".repeat(64)}`)], pinnedOf),
  ).toEqual([]);
});
