import { delivery } from "../support/delivery";
import { ephemeralEnvironment } from "../support/environments";
import { synthesize } from "../support/golden";
import { read, tableUnder, updateTable } from "../support/markdown";
import { FLOATING_IMAGES } from "../../operations/images/floating";

const HEADING = "Images";
interface Stack {
  readonly resource: {
    readonly aws_ecs_task_definition?: Readonly<Record<string, { readonly container_definitions: string }>>;
    readonly aws_ecr_repository?: Readonly<Record<string, { readonly image_tag_mutability: string }>>;
  };
}

const stacks = [...synthesize([...delivery, ephemeralEnvironment]).values()].map(
  (text) => JSON.parse(text) as Stack,
);
const images = stacks.flatMap(({ resource }) =>
  Object.values(resource.aws_ecs_task_definition ?? {}).flatMap(({ container_definitions }) =>
    (JSON.parse(container_definitions) as { image: string }[]).map(({ image }) => image),
  ),
);
/** A tag in a repository of the stack itself can never be moved. */
const isOwn = (image: string) => image.startsWith("${aws_ecr_repository.");

it("no shipped environment has a floating image, but for the stated exceptions", () => {
  expect(images.length).toBeGreaterThanOrEqual(8);
  const floating = images.filter((image) => !isOwn(image) && !/@sha256:[0-9a-f]{64}$/.test(image));
  expect([...new Set(floating)].sort()).toEqual(FLOATING_IMAGES.map(({ image }) => image).sort());
});

it("tags of the stacks' own repositories cannot be moved", () => {
  const repositories = stacks.flatMap(({ resource }) => Object.values(resource.aws_ecr_repository ?? {}));
  expect(repositories.map(({ image_tag_mutability }) => image_tag_mutability)).toEqual([
    "IMMUTABLE",
    "IMMUTABLE",
  ]);
});

it("every exception says why, who decides and until when; the document shows it (npm run golden:update rewrites it)", () => {
  for (const { reason, owner, reviewBy } of FLOATING_IMAGES) {
    expect(reason).toMatch(/^.{40,}\.$/);
    expect(owner).toMatch(/^[a-z-]+$/);
    expect(new Date(`${reviewBy}T00:00:00Z`).toISOString().slice(0, 10)).toBe(reviewBy);
  }
  const table = [
    ["not pinned", "why", "decided by", "again by"],
    ...FLOATING_IMAGES.map(({ image, reason, owner, reviewBy }) => [`\`${image}\``, reason, owner, reviewBy]),
  ];
  updateTable("docs/security.md", HEADING, table);
  expect(tableUnder(read("docs/security.md"), HEADING)).toEqual(table);
});
