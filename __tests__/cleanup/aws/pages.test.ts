import { allPages, chunks } from "../../../cleanup/aws/pages";

test("a token that comes twice is an error, not an endless loop", async () => {
  await expect(allPages(async () => ({ items: [1], next: "same" }))).rejects.toThrow(
    "the same page token twice",
  );
});

test("an empty token ends the listing, as the tag index does", async () => {
  expect(await allPages(async () => ({ items: [1, 2], next: "" }))).toEqual([1, 2]);
});

test("chunks", () => expect(chunks([1, 2, 3, 4, 5], 2)).toEqual([[1, 2], [3, 4], [5]]));
