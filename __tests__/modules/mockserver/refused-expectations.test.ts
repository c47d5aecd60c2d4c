import { Names } from "../../../contract/names";
import { SYNC_CONTAINER } from "../../../contract/expectations";
import { mockServerContainers } from "../../../modules/mockserver/containers";
import { RefusedExpectations } from "../../../modules/mockserver/refused-expectations";
import { TASK_SIZES } from "../../../contract/fargate";
import { Template } from "../../support/template";

const names = new Names({
  system: "automock",
  environment: "test",
  accountId: "111122223333",
  region: "eu-west-1",
});

it("counts each refusal of the sync container, and raises an alarm at the first", () => {
  let made!: RefusedExpectations;
  const template = Template.of(
    (stack) => (made = new RefusedExpectations(stack, "refused", { names, dependsOn: [] })),
  );
  expect(template.sole("aws_cloudwatch_log_metric_filter")).toMatchObject({
    log_group_name: "/automock-test/expectations-sync",
    pattern: '"sync-expectations:" "refused version"',
    metric_transformation: { namespace: "automock-test", name: "RefusedExpectations", value: "1" },
  });
  const [alarm] = made.panel.alarms;
  expect(alarm).toMatchObject({ key: "refused-expectations", severity: "critical", threshold: 1 });
});

it("both refusals of the script have the words of the filter", () => {
  const sync = mockServerContainers({
    image: "m:1",
    size: TASK_SIZES.small,
    expectations: { bucketName: "b", key: "k" },
    controlPlane: "closed",
    region: "eu-west-1",
  }).containers.find(({ name }) => name === SYNC_CONTAINER)!;
  expect(sync.command![0]!.match(/refused version/g)).toHaveLength(2);
});
