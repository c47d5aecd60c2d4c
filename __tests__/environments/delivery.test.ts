import { faultsOf } from "../../environments/faults";
import { prod } from "../../environments/prod";
import { environmentSchema } from "../../environments/schema";

function faultsIn(delivery: unknown): string[] {
  const value = { ...prod, delivery };
  const { error } = environmentSchema.safeParse(value);
  return faultsOf("file", value, error?.issues ?? []).map(({ path, allowed, fix }) =>
    [path, allowed, fix].join(" | "),
  );
}

const gitHub = (environment: string) => ({ kind: "gitHub", repository: "acme/infra", environment });
const role = (name: string, externalId: string) => ({ kind: "role", roleArn: `arn:aws:iam::111122223333:role/${name}`, externalId }); // prettier-ignore

describe("who applies", () => {
  it.each([
    ["the same environment", gitHub("infrastructure"), gitHub("infrastructure")],
    // An external id is no secret.
    ["the same role with another external id", role("jenkins", "plan"), role("jenkins", "apply")],
  ])("is not who plans pull requests: %s", (_, plan, apply) =>
    expect(faultsIn({ plan, apply })).toEqual([
      "delivery.apply | someone else than delivery.plan: that one plans every pull request, unreviewed | " +
        "name an environment, service account or role of its own, which only runs what was approved",
    ]),
  );

  it.each([
    ["another environment", gitHub("infrastructure-plan"), gitHub("infrastructure-prod")],
    ["another role", role("planner", "infra"), role("deployer", "infra")],
    ["another kind", role("planner", "infra"), gitHub("infrastructure-prod")],
    ["anyone where nobody plans", undefined, gitHub("infrastructure-prod")],
  ])("may be %s", (_, plan, apply) => expect(faultsIn({ plan, apply })).toEqual([]));
});
