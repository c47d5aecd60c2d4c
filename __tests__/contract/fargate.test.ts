import { TASK_SIZES, taskSizeFault } from "../../contract/fargate";

/** AWS's table: CPU units, smallest and largest memory in MiB, number of sizes. */
const ROWS = [
  [256, 512, 2048, 3],
  [512, 1024, 4096, 4],
  [1024, 2048, 8192, 7],
  [2048, 4096, 16384, 13],
  [4096, 8192, 30720, 23],
  [8192, 16384, 61440, 12],
  [16384, 32768, 122880, 12],
] as const;

describe("Fargate sizes", () => {
  it.each(ROWS)("%i CPU units support %i to %i MiB in %i sizes", (cpuUnits, smallest, largest, count) => {
    const legal = Array.from({ length: 300 }, (_, i) => (i + 1) * 512).filter(
      (memoryMiB) => taskSizeFault({ cpuUnits, memoryMiB }) === undefined,
    );
    expect(legal[0]).toBe(smallest);
    expect(legal.at(-1)).toBe(largest);
    expect(legal).toHaveLength(count);
  });

  it.each(Object.entries(TASK_SIZES))("%s is legal", (_, size) =>
    expect(taskSizeFault(size)).toBeUndefined(),
  );

  it("the named sizes are right", () =>
    expect(Object.values(TASK_SIZES).map(({ cpuUnits, memoryMiB }) => `${cpuUnits}/${memoryMiB}`)).toEqual([
      "256/512",
      "512/1024",
      "1024/2048",
      "2048/4096",
    ]));

  it("lists what is allowed", () => {
    expect(taskSizeFault({ cpuUnits: 300, memoryMiB: 512 })).toBe(
      "Fargate does not support 300 CPU units; allowed: 256, 512, 1024, 2048, 4096, 8192, 16384 (1024 units = 1 vCPU)",
    );
    expect(taskSizeFault({ cpuUnits: 256, memoryMiB: 4096 })).toBe(
      "Fargate does not support 4096 MiB with 256 CPU units; allowed with 256 units: 512, 1024, 2048 MiB",
    );
    expect(taskSizeFault({ cpuUnits: 8192, memoryMiB: 17408 })).toContain("16384, 20480");
  });
});
