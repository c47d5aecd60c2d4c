import type { Call } from "../../../../local/gateway/call";
import { ec2 } from "../../../../local/gateway/services/ec2";
import { call, failing, form, motoThat, textOf } from "../wire";

const describeEndpoints = (parameters: Record<string, string>): Call =>
  call(form("ec2", { Action: "DescribeVpcEndpoints", Version: "2016-11-15", ...parameters }));
const endpoints = (...ids: string[]) =>
  `<R><vpcEndpointSet>${ids.map((id) => `<item><vpcEndpointId>${id}</vpcEndpointId><tagSet><item>1</item></tagSet></item>`).join("")}</vpcEndpointSet></R>`;

const byId = {
  "Filter.1.Name": "tag:a",
  "Filter.1.Value.1": "b",
  "Filter.2.Name": "vpc-endpoint-id",
  "Filter.2.Value.1": "vpce-1",
  "Filter.2.Value.2": "vpce-3",
  "Filter.3.Name": "vpc-id",
  "Filter.3.Value.1": "vpc-1",
};

it("filters endpoints by id itself, where moto breaks, and leaves the other filters to moto", async () => {
  const moto = motoThat(() => endpoints("vpce-1", "vpce-2", "vpce-3"));
  expect(textOf(await ec2()(describeEndpoints(byId), moto.forward))).toBe(endpoints("vpce-1", "vpce-3"));
  expect(moto.asked.map(({ body }) => [...new URLSearchParams(body.toString())])).toEqual([
    [
      ["Action", "DescribeVpcEndpoints"],
      ["Version", "2016-11-15"],
      ["Filter.1.Name", "tag:a"],
      ["Filter.1.Value.1", "b"],
      ["Filter.2.Name", "vpc-id"],
      ["Filter.2.Value.1", "vpc-1"],
    ],
  ]);
});

it("passes on a call without that filter, and a refusal", async () => {
  const other = describeEndpoints({ "Filter.1.Name": "vpc-id", "Filter.1.Value.1": "vpc-1" });
  const moto = motoThat(() => endpoints("vpce-1"));
  expect(textOf(await ec2()(other, moto.forward))).toBe(endpoints("vpce-1"));
  expect(moto.asked).toEqual([other]);
  expect((await ec2()(describeEndpoints(byId), failing)).status).toBe(400);
});
