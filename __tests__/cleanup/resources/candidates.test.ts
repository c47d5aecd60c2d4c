import { candidates, type Listed, type Source } from "../../../cleanup/resources/candidates";
import { awsError } from "../../support/fake-clients";
import { env, TAGS } from "../../support/handlers";

const TYPE = "x:thing";

async function listed(things: readonly Listed[], tags?: Source["tags"]) {
  const scope = env({ [TYPE]: ["id-hinted", "arn:aws:x:hinted"] }, ["vpc-own"]);
  const found = [];
  for await (const one of candidates(TYPE, { all: async () => things, tags })(scope)) found.push(one);
  return found;
}

test.each<[string, Listed, boolean]>([
  ["an id that state or tag index name", { id: "id-hinted" }, true],
  ["an ARN that they name", { id: "a", arn: "arn:aws:x:hinted" }, true],
  ["the environment's own name", { id: "a", name: "automock-pr-1" }, true],
  ["a name that starts with it", { id: "a", name: "automock-pr-1-a" }, true],
  ["an id that does, without a name", { id: "automock-pr-1-a" }, true],
  ["an owned VPC", { id: "a", vpcId: "vpc-own" }, true],
  ["another VPC", { id: "a", vpcId: "vpc-other" }, false],
  ["a longer word", { id: "a", name: "automock-pr-12" }, false],
  ["another name than its id", { id: "automock-pr-1-a", name: "other" }, false],
])("%s", async (_what, thing, isCandidate) => {
  let asked = 0;
  const tags = async () => {
    asked += 1;
    return TAGS;
  };
  expect(await listed([thing], tags)).toEqual(isCandidate ? [{ ...thing, type: TYPE, tags: TAGS }] : []);
  expect(asked).toBe(isCandidate ? 1 : 0);
});

test("tags that may not be read are unreadable, what is gone is not listed, any other error is thrown", async () => {
  const failing = (name: string) => async () => {
    throw awsError(name);
  };
  const thing = { id: "id-hinted" };
  expect(await listed([thing], failing("AccessDenied"))).toEqual([
    { ...thing, type: TYPE, tags: "unreadable" },
  ]);
  expect(await listed([thing], failing("ResourceNotFoundException"))).toEqual([]);
  await expect(listed([thing], failing("InternalError"))).rejects.toMatchObject({ name: "InternalError" });
});

test("a listing that has the tags is not asked for them again", async () =>
  expect(await listed([{ id: "id-hinted", tags: TAGS }])).toEqual([
    { id: "id-hinted", type: TYPE, tags: TAGS },
  ]));
