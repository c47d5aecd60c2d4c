import { hourlyCostUsd } from "../../../modules/ttl-cleanup/hourly-cost";
import { read } from "../../support/markdown";

const small = { cpuUnits: 256, memoryMiB: 512 };

it.each([
  [{ tasks: 1, size: small, natGateways: 1, publicAddresses: 3, interfaceEndpoints: 0 }, 0.095],
  [{ tasks: 0, size: small, natGateways: 0, publicAddresses: 2, interfaceEndpoints: 0 }, 0.033],
  [
    {
      tasks: 10,
      size: { cpuUnits: 1024, memoryMiB: 2048 },
      natGateways: 3,
      publicAddresses: 6,
      interfaceEndpoints: 0,
    },
    0.681,
  ],
  [{ tasks: 1, size: small, natGateways: 1, publicAddresses: 3, interfaceEndpoints: 14 }, 0.235],
])("%j costs $%p an hour", (parts, usd) => expect(hourlyCostUsd(parts)).toBe(usd));

it("has no price of its own", () =>
  expect(read("modules/ttl-cleanup/hourly-cost.ts").match(/\d\.\d/g)).toBeNull());
