import { env, handlerOf } from "../../support/handlers";

const NAME = "automock-pr-1";

/** The dashboard `automock-pr-1`, whose widgets show these regions. */
function dashboard(...regions: readonly string[]) {
  const widgets = regions.map((region) => ({ type: "metric", properties: { region } }));
  return handlerOf("cloudwatch:dashboard", {
    ListDashboards: () => ({ DashboardEntries: [{ DashboardName: NAME, DashboardArn: `arn:${NAME}` }] }),
    GetDashboard: () => ({ DashboardBody: JSON.stringify({ widgets }) }),
  });
}

test.each([
  [["us-east-1"], undefined],
  [["us-east-1", "us-east-1"], undefined],
  [["eu-west-1"], "the environment of this name in eu-west-1"],
  [["us-east-1", "eu-west-1"], "the environment of this name in eu-west-1"],
  [[], "the environment of this name in nobody knows which region"],
])("all regions share a dashboard's name: one that shows %j is needed by %p", async (regions, neededBy) => {
  const found = await dashboard(...regions).list(env());
  expect(found.map((one) => [one.id, one.neededBy])).toEqual([[NAME, neededBy]]);
});

test("a dashboard that is gone before it is looked at is none", async () => {
  const { list } = handlerOf("cloudwatch:dashboard", {
    ListDashboards: () => ({ DashboardEntries: [{ DashboardName: NAME }] }),
    GetDashboard: () => {
      throw Object.assign(new Error("no such dashboard"), { name: "ResourceNotFound" });
    },
  });
  expect(await list(env())).toEqual([]);
});
